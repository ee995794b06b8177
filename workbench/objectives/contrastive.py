"""Contrastive video–text terms: `infonce`, `negclip`, `siglip` (OBJECTIVES, "Video–text objectives").

Logits are S = e^s·ÛT̂ᵀ of projections of unit length. A pair of a clip and another clip's caption that happens to be true of it is
neither positive nor negative: it is left out.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.distributed import gathered
from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES
from workbench.objectives.terms import TokenErrors
from workbench.objectives.video_text import Pairs, VideoText, unit

LARGEST = math.log(100)  # of the log of the scale, as CLIP clamps it


@OBJECTIVES.register("infonce")
class InfoNCE(VideoText):
    """½[CE(S, I) + CE(Sᵀ, I)], s from ln(1/0.07), clamped to [0, ln 100]. Source: CLIP (arXiv 2103.00020), restated in OBJECTIVES.

    With k captions a clip, each is one row of the first part and one of the second, where the others of its clip are left out.
    """

    terms = ("infonce",)

    def __init__(self, width: int, **settings: object) -> None:
        super().__init__(width, **settings)  # type: ignore[arg-type]
        self.scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The mean over captions of both cross-entropies: {"infonce": ()}."""
        pairs = self.pairs(batch)
        logits = self.logits(pairs)
        return {"infonce": 0.5 * (of_texts(logits, pairs) + of_clips(logits, pairs))}

    def logits(self, pairs: Pairs) -> Tensor:
        """S (B, C): e^s times the cosines."""
        return self.scale.clamp(0, LARGEST).exp() * unit(pairs.video) @ unit(pairs.text).T


@OBJECTIVES.register("negclip")
class NegCLIP(InfoNCE):
    """`infonce` whose clips choose among all captions and their hard negatives: rows over 2N texts, columns over the N real ones.

    Source: arXiv 2210.01936, restated in OBJECTIVES. A hard negative that happens to be true of a clip is left out for it.
    """

    terms = ("negclip",)
    wants_wrong = True

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The mean over captions of both cross-entropies: {"negclip": ()}."""
        pairs, text = self.pairs(batch), batch.text
        assert text.wrong is not None and text.wrong_there is not None and text.wrong_matches is not None
        wrong = gathered(self.project_texts(text.wrong))
        there = gathered(text.wrong_there.to(wrong.dtype)) > 0
        logits = self.logits(pairs)
        further = self.logits(Pairs(pairs.video, wrong, pairs.own, text.wrong_matches))
        further = further.masked_fill(~there | text.wrong_matches, -math.inf)
        return {"negclip": 0.5 * (of_texts(logits, pairs) + of_clips(logits, pairs, further))}


@OBJECTIVES.register("siglip")
class SigLIP(VideoText):
    """−(1/N)·Σᵢⱼ log σ(yᵢⱼ(e^s·ûᵢ·t̂ⱼ + b)), y = 1 for a caption's own clip and −1 elsewhere; s from ln 10.

    b starts at −10, or at −ln(N−1) in a smaller batch of N clips, where all pairs are then as likely as they are frequent. Source:
    arXiv 2303.15343, restated in OBJECTIVES.
    """

    terms = ("siglip",)

    def __init__(self, width: int, **settings: object) -> None:
        super().__init__(width, **settings)  # type: ignore[arg-type]
        self.scale = nn.Parameter(torch.tensor(math.log(10)))
        self.bias = nn.Parameter(torch.tensor(-min(10.0, math.log(max(self.clips - 1, 1)))))

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The sum over pairs a caption: {"siglip": ()}."""
        pairs = self.pairs(batch)
        logits = self.scale.exp() * unit(pairs.video) @ unit(pairs.text).T + self.bias
        errors = F.softplus(torch.where(pairs.mine, -logits, logits)).masked_fill(pairs.others, 0.0)
        return {"siglip": errors.sum() / len(pairs.text)}


def of_texts(logits: Tensor, pairs: Pairs) -> Tensor:
    """Cross-entropy of each caption's own clip among the clips, other clips that it is true of left out: ()."""
    return F.cross_entropy(logits.masked_fill(pairs.others, -math.inf).T, pairs.own)


def of_clips(logits: Tensor, pairs: Pairs, further: Tensor | None = None) -> Tensor:
    """Cross-entropy of each caption among those that are not true of its clip, and `further` (B, F) texts: ()."""
    mine = torch.arange(len(pairs.text), device=logits.device)
    others = pairs.matches[pairs.own] & (mine[:, None] != mine)
    rows = logits[pairs.own].masked_fill(others, -math.inf)
    if further is not None:
        rows = torch.cat([rows, further[pairs.own]], 1)
    return F.cross_entropy(rows, mine)
