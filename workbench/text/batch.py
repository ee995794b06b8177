"""What one training step knows of the captions of its clips."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class CaptionBatch:
    """Captions of one process's clips, clip by clip, k a clip; and which captions of the joint batch are true of which clips.

    embeddings (C, W)             of the text tower, C = k·B; with gradient where it is trained
    matches (B', C')              bool, of the joint batch: the caption is true of the clip; a caption is of its own clip
    wrong (C, W)                  hard negatives of the captions, one word exchanged; None where no term asks for them
    wrong_there (C,)              bool: the caption has a hard negative
    wrong_matches (B', C')        bool, of the joint batch: the hard negative happens to be true of the clip
    """

    embeddings: Tensor
    matches: Tensor
    wrong: Tensor | None = None
    wrong_there: Tensor | None = None
    wrong_matches: Tensor | None = None


def random_captions(clips: int, width: int, wrong: bool = False) -> CaptionBatch:
    """Random embeddings of one caption a clip, to try an objective on: each true of its own clip only."""
    own = torch.eye(clips, dtype=torch.bool)
    first = torch.randn(clips, width)
    if not wrong:
        return CaptionBatch(first, own)
    there = torch.ones(clips, dtype=torch.bool)
    return CaptionBatch(first, own, torch.randn(clips, width), there, torch.zeros_like(own))


GROUPS = 2  # of a step's texts by length. More leave less padding and cost calls: 4 were no faster at 64 captions of 20 tokens


@dataclass(frozen=True)
class Tokens:
    """Tokens of n texts for a tower: `ids` int64 and `mask` bool (n, L), padded to the longest of the n."""

    ids: Tensor
    mask: Tensor


@dataclass(frozen=True)
class Texts:
    """Texts of a step, n in all.

    groups                the tokens, in groups of texts about as long; empty where the tower is frozen
    place (n,)            where a text lies when the groups are laid under each other
    embeddings (n, W)     of a tower that is frozen
    """

    groups: tuple[Tokens, ...]
    place: Tensor
    embeddings: Tensor | None = None

    def read(self, tower: nn.Module | None) -> Tensor:
        """Embeddings (n, W), in the order of the texts."""
        if self.embeddings is not None:
            return self.embeddings
        assert tower is not None
        return torch.cat([tower(group.ids, group.mask) for group in self.groups])[self.place]


def embedded(embeddings: Tensor) -> Texts:
    """Texts that a frozen tower has read already."""
    return Texts((), torch.arange(len(embeddings)), embeddings)


def by_length(ids: Tensor, mask: Tensor, groups: int = GROUPS) -> Texts:
    """Texts of tokens (n, L), the shorter half read apart from the longer: one long caption in a batch pads its own half alone."""
    order = torch.argsort(mask.sum(1), stable=True)
    parts = []
    for rows in order.tensor_split(min(groups, len(order))):
        longest = int(mask[rows].sum(1).max())
        parts.append(Tokens(ids[rows, :longest].long(), mask[rows, :longest]))
    return Texts(tuple(parts), torch.argsort(order))


@dataclass(frozen=True)
class DrawnCaptions:
    """The captions of a step before the tower has read them: `texts`, under them their hard negatives where a term asks for these.

    The other fields are those of `CaptionBatch`.
    """

    texts: Texts
    matches: Tensor
    wrong_there: Tensor | None = None
    wrong_matches: Tensor | None = None

    def to(self, device: torch.device) -> DrawnCaptions:
        """On another device, without waiting for it."""
        return moved(self, device)

    def read(self, tower: nn.Module | None) -> CaptionBatch:
        """With the embeddings that `tower` gives, captions and hard negatives in one reading."""
        every = self.texts.read(tower)
        own, wrong = (every, None) if self.wrong_there is None else every.chunk(2)
        return CaptionBatch(own, self.matches, wrong, self.wrong_there, self.wrong_matches)


T = TypeVar("T", Tokens, Texts, DrawnCaptions)


def moved(batch: T, device: torch.device) -> T:
    """Every tensor of `batch` on `device`."""
    found: dict[str, Any] = {}
    for field in fields(batch):
        value = getattr(batch, field.name)
        if isinstance(value, Tensor):
            value = value.to(device, non_blocking=True)
        elif isinstance(value, tuple):
            value = tuple(moved(part, device) for part in value)
        found[field.name] = moved(value, device) if isinstance(value, Texts) else value
    return type(batch)(**found)
