"""What video–text terms share: where the clip is read from, two projections into one space, and the joint batch's pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.distributed import gathered
from workbench.errors import UnknownName
from workbench.latents import LatentBatch
from workbench.objectives.base import Objective, appearance_channels

Pool = Literal["mean", "attentive"]
Block = Literal["both", "appearance", "dynamics"]


@dataclass(frozen=True)
class Pairs:
    """Projections of the joint batch: `video` (B, d), `text` (C, d), `own` (C,) the clip of each caption, `matches` (B, C)."""

    video: Tensor
    text: Tensor
    own: Tensor
    matches: Tensor

    @property
    def others(self) -> Tensor:
        """Where a caption is true of a clip that is not its own, so that the pair is no negative: (B, C)."""
        return self.matches & ~self.mine

    @property
    def mine(self) -> Tensor:
        """Where a caption is of the clip: (B, C)."""
        return torch.arange(len(self.video), device=self.own.device)[:, None] == self.own


class VideoText(Objective):
    """A term that ties clips to their captions. It owns both projections; the text tower belongs to the model.

    text_width   channels of the text tower
    clips        clips of the joint batch, on which the start of a bias can depend
    dim          channels of the common space
    pool, block  the clip is the mean of its tokens, or their mean weighted by a learned query; of all channels, or of the appearance
                 block (the first `app_ratio` of them), or of the rest
    """

    wants_wrong = False  # whether it reads hard negatives

    def __init__(
        self,
        width: int,
        *,
        text_width: int = 64,
        clips: int = 64,
        dim: int = 128,
        pool: Pool = "mean",
        block: Block = "both",
        app_ratio: float = 0.5,
    ) -> None:
        super().__init__(width)
        for what, value, known in (("pool", pool, get_args(Pool)), ("block", block, get_args(Block))):
            if value not in known:
                raise UnknownName(f"setting {what} of a video–text term", value, known)
        middle = appearance_channels(width, app_ratio)
        self.channels = {"both": slice(None), "appearance": slice(middle), "dynamics": slice(middle, None)}[block]
        read = len(range(width)[self.channels])
        self.text_width, self.clips = text_width, clips
        self.query = nn.Parameter(torch.randn(read) / read**0.5) if pool == "attentive" else None
        self.video = nn.Linear(read, dim, bias=False)
        self.text = nn.Linear(text_width, dim, bias=False)

    def project_clips(self, tokens: Tensor) -> Tensor:
        """Clips in the common space, of any length: (B, d) of encoder tokens (B, K, D), any number of them."""
        tokens = tokens[..., self.channels]
        if self.query is None:
            return self.video(tokens.mean(1))
        weight = (tokens @ self.query / len(self.query) ** 0.5).softmax(1)
        return self.video((weight.unsqueeze(1) @ tokens).squeeze(1))

    def project_texts(self, embeddings: Tensor) -> Tensor:
        """Captions in the common space, of any length: (C, d) of the tower's embeddings (C, W)."""
        return self.text(embeddings)

    def pairs(self, batch: LatentBatch) -> Pairs:
        """Projections of all processes' clips, by their visible tokens, and captions; gradients reach each process's own."""
        video = gathered(self.project_clips(batch.context))
        text = gathered(self.project_texts(batch.text.embeddings))
        each = len(text) // len(video)
        own = torch.arange(len(text), device=text.device) // each
        return Pairs(video, text, own, batch.text.matches)


def unit(x: Tensor) -> Tensor:
    """Rows of unit length."""
    return F.normalize(x, dim=-1)
