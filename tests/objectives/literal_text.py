"""Slow, literal readings of the video–text terms: loops over captions and clips, two captions a clip."""

from __future__ import annotations

import torch

EACH = 2


def unit(x):
    return x / x.norm()


def projected(batch, objective):
    """Projections of every clip (mean of its visible tokens) and of every caption, as lists."""
    clips = [objective.video.weight @ torch.stack(list(tokens)).mean(0) for tokens in batch.context]
    texts = [objective.text.weight @ embedding for embedding in batch.text.embeddings]
    return clips, texts


def similarity(clip, text):
    return (unit(clip) * unit(text)).sum()


def infonce(batch, objective, extra=()):
    """`extra`: (text, clips it is true of) that stand among the texts that a clip chooses from."""
    clips, texts = projected(batch, objective)
    scale, matches = objective.scale.exp(), batch.text.matches
    losses = []
    for c, text in enumerate(texts):
        own = c // EACH
        others = [b for b in range(len(clips)) if b != own and not matches[b, c]]
        logits = torch.stack([scale * similarity(clips[b], text) for b in [own, *others]])
        losses.append(-0.5 * torch.log_softmax(logits, 0)[0])
        rivals = [texts[k] for k in range(len(texts)) if k != c and not matches[own, k]]
        rivals += [wrong for wrong, true in extra if own not in true]
        logits = torch.stack([scale * similarity(clips[own], rival) for rival in [text, *rivals]])
        losses.append(-0.5 * torch.log_softmax(logits, 0)[0])
    return sum(losses) / len(texts)


def negclip(batch, objective):
    text = batch.text
    extra = [
        (objective.text.weight @ text.wrong[c], set(torch.nonzero(text.wrong_matches[:, c]).flatten().tolist()))
        for c in range(len(text.wrong))
        if text.wrong_there[c]
    ]
    return infonce(batch, objective, extra)


def siglip(batch, objective):
    clips, texts = projected(batch, objective)
    total = 0
    for c, text in enumerate(texts):
        for b, clip in enumerate(clips):
            sign = 1 if b == c // EACH else -1
            if sign < 0 and batch.text.matches[b, c]:
                continue
            total = total - torch.log(
                torch.sigmoid(sign * (objective.scale.exp() * similarity(clip, text) + objective.bias))
            )
    return total / len(texts)


def vicreg_vt(batch, objective):
    clips, texts = projected(batch, objective)
    d = len(texts[0])
    invariance = sum((clips[c // EACH] - text).square().sum() / d for c, text in enumerate(texts)) / len(texts)
    total = 25 * invariance
    for rows in (clips, texts):
        n, mean = len(rows), sum(rows) / len(rows)
        covariance = sum(torch.outer(row - mean, row - mean) for row in rows) / (n - 1)
        deviation = (torch.stack([covariance[i, i] for i in range(d)]) + 1e-4).sqrt()
        total = total + 25 * sum((1 - s).clamp(min=0) for s in deviation) / d
        total = total + sum(covariance[i, j] ** 2 for i in range(d) for j in range(d) if i != j) / d
    return total / 25


FORMULAS = {
    (name, name): formula
    for name, formula in (("infonce", infonce), ("negclip", negclip), ("siglip", siglip), ("vicreg_vt", vicreg_vt))
}
