"""What one training step knows of the captions of its clips."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
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


@dataclass(frozen=True)
class Texts:
    """Texts of a step: tokens `ids` and `mask` (C, L) for the tower, or the `embeddings` (C, W) of one that is frozen."""

    ids: Tensor
    mask: Tensor
    embeddings: Tensor | None = None


def embedded(embeddings: Tensor) -> Texts:
    """Texts that a frozen tower has read already."""
    nothing = torch.zeros(len(embeddings), 0, dtype=torch.int64)
    return Texts(nothing, nothing.bool(), embeddings)


@dataclass(frozen=True)
class DrawnCaptions:
    """The captions of a step before the tower has read them; the fields of `CaptionBatch`."""

    texts: Texts
    matches: Tensor
    wrong: Texts | None = None
    wrong_there: Tensor | None = None
    wrong_matches: Tensor | None = None

    def to(self, device: torch.device) -> DrawnCaptions:
        """On another device, without waiting for it."""
        return moved(self, device)

    def read(self, tower: nn.Module | None) -> CaptionBatch:
        """With the embeddings that `tower` gives, captions and hard negatives in one call."""
        embeddings, wrong = self.texts.embeddings, self.wrong.embeddings if self.wrong else None
        if tower is not None:
            parts = [part for part in (self.texts, self.wrong) if part is not None]
            every = tower(_rows([part.ids for part in parts]), _rows([part.mask for part in parts]))
            embeddings, wrong = every.chunk(2) if self.wrong else (every, None)
        assert embeddings is not None
        return CaptionBatch(embeddings, self.matches, wrong, self.wrong_there, self.wrong_matches)


def _rows(parts: list[Tensor]) -> Tensor:
    """Rows (n, L) of all parts under each other, the shorter ones padded with zeros."""
    longest = max(part.shape[1] for part in parts)
    return torch.cat([F.pad(part, (0, longest - part.shape[1])) for part in parts])


T = TypeVar("T", Texts, DrawnCaptions)


def moved(batch: T, device: torch.device) -> T:
    """Every tensor of `batch` on `device`."""
    found: dict[str, Any] = {}
    for field in fields(batch):
        value = getattr(batch, field.name)
        if isinstance(value, Tensor):
            value = value.to(device, non_blocking=True)
        found[field.name] = moved(value, device) if isinstance(value, Texts) else value
    return type(batch)(**found)
