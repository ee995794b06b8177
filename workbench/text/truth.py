"""Which captions of a batch are true of which of its clips, so that no true pair counts as a negative one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from workbench.data.captions import NEEDED, clip_facts, one_hot
from workbench.data.phrases import FACTORS

if TYPE_CHECKING:
    import pandas as pd


def match_matrix(stated: Tensor, facts: Tensor) -> Tensor:
    """Which clips have all that a caption states: bool (B, C) of one-hot codes `stated` (C, F) and `facts` (B, F)."""
    # As many agree as are stated: one matrix product of zeros and ones, exact in float32.
    said = stated.float()
    return facts.float() @ said.T == said.sum(1)


class CaptionTruth:
    """Which captions of a split are true of which of its clips, for batches of row numbers.

        truth = CaptionTruth(captions, clips.table)
        positive = truth.matches(batch_clips, batch_captions)  # bool (B, C)

    Captions that state factors (of a benchmark, and hard negatives) are true of every clip that has them, as `describes` says.
    Of other data sets nothing more is known than whose caption it is: it is true of its own clip and of every clip that has a caption of
    the same words.
    """

    def __init__(self, captions: pd.DataFrame, table: pd.DataFrame) -> None:
        self.by_factors = all(name in captions for name in FACTORS) and all(name in table for name in NEEDED)
        if self.by_factors:  # kept in bytes: 8 MB for 100,000 captions
            self._stated = torch.from_numpy(one_hot(captions).astype(np.uint8))
            self._facts = torch.from_numpy(one_hot(clip_facts(table)).astype(np.uint8))
        else:
            self._texts, self._clips, self._pairs = _pairs_of(captions, table)

    def matches(self, clips: Tensor, captions: Tensor) -> Tensor:
        """Bool (B, C): whether caption row c is true of clip row b. `clips` (B,) and `captions` (C,) are row numbers."""
        if self.by_factors:
            return match_matrix(self._stated[captions], self._facts[clips])
        asked = self._clips[clips].unsqueeze(1) + self._texts[captions]
        found = torch.searchsorted(self._pairs, asked).clamp(max=len(self._pairs) - 1)
        return self._pairs[found] == asked


def _pairs_of(captions: pd.DataFrame, table: pd.DataFrame) -> tuple[Tensor, Tensor, Tensor]:
    """Numbers of texts and of clips that add up to one number for each pair, and the sorted ones of the pairs that are true."""
    import pandas as pd

    # Case and spaces make no other caption: the tokenizers do not see them either.
    words = captions["caption"].str.lower().str.split().str.join(" ")
    texts, _ = pd.factorize(words)
    every = pd.concat([table["clip"], captions["clip"]], ignore_index=True)  # a broken clip has captions and no row
    owners, names = pd.factorize(every)
    texts = texts.astype(np.int64) * len(names)
    pairs = np.unique(texts + owners[len(table) :])
    return torch.from_numpy(texts), torch.from_numpy(owners[: len(table)]), torch.from_numpy(pairs)
