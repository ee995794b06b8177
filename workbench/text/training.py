"""The captions of a run's training clips: which of them a step sees, a function of seed and step alone, and what is true of what."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.config import Config
from workbench.data.captioned import load_captions
from workbench.data.clips import ClipSet
from workbench.data.negatives import hard_negatives
from workbench.data.phrases import FACTORS
from workbench.distributed import share_of
from workbench.errors import WorkbenchError
from workbench.runs import TOWER, Run
from workbench.text import open_tower
from workbench.text.batch import DrawnCaptions, Texts, Tokens, by_length, embedded
from workbench.text.store import caption_embeddings
from workbench.text.tower import TextTower
from workbench.text.truth import CaptionTruth


class TrainingCaptions:
    """Captions of the training clips of `config`, tokenised once (`tower` tuned) or embedded once (`tower` frozen).

    `wrong`: with one hard negative a caption. Raises where a clip has no caption, or hard negatives are wanted of captions that state no
    factors.
    """

    def __init__(self, config: Config, clips: ClipSet, wrong: bool = False, show: bool = False) -> None:
        if config.text is None:
            raise WorkbenchError("The settings have no section `text`: --set text.tower=compact.")
        captions = load_captions(config.data, "train", progress=show)
        self.first, self.count, captions = _by_clip(captions, clips)
        if captions["caption"].nunique() < 2:
            raise WorkbenchError(
                f"All {len(captions)} training captions of '{clips.name}' are the same: no clip can be told from another by them."
            )
        self.each, self.seed, self.frozen = config.text.captions, config.seed, config.text.train == "frozen"
        self.tower: TextTower = open_tower(config.text.tower, captions["caption"], config.seed)
        self._truth = CaptionTruth(captions, clips.table)
        self.cut, self._key = 0, self.tower.key
        self._texts = self._read(captions["caption"].tolist(), show)
        self._wrong: Tokens | Tensor | None = None
        if wrong:
            self._wrong, self._there, self._wrong_truth = self._hard(captions, clips, show)

    @property
    def trained_tower(self) -> TextTower | None:
        """The tower, where it is trained with the run."""
        return None if self.frozen else self.tower

    def about(self) -> dict[str, Any]:
        """What a run records of its captions: their number, how many were cut, the tower and its key before training."""
        return {"captions": int(self.count.sum()), "cut": self.cut, "tower": self.tower.name, "tower_key": self._key}

    def save(self, run: Run) -> None:
        """Write the tower to the run's folder, unless it is one from elsewhere that was not trained."""
        if not self.frozen or self.tower.name == "compact":
            self.tower.save(run.folder / TOWER)

    def draw(self, index: np.ndarray, step: int, rank: int = 0, processes: int = 1) -> DrawnCaptions:
        """Captions of one process's part of the joint batch `index` (rows of clips) at `step`."""
        offset = np.random.default_rng([self.seed, step, 13]).integers(0, self.count[index])
        turn = (offset[:, None] + np.arange(self.each)) % self.count[index][:, None]
        rows = torch.from_numpy((self.first[index][:, None] + turn).ravel())
        clips, mine = torch.from_numpy(index), share_of(rows, rank, processes)
        matches = self._truth.matches(clips, rows)
        if self._wrong is None:
            return DrawnCaptions(_take([self._texts], mine), matches)
        texts = _take([self._texts, self._wrong], mine)
        return DrawnCaptions(texts, matches, self._there[mine], self._wrong_truth.matches(clips, rows))

    def _read(self, texts: list[str], show: bool) -> Tokens | Tensor:
        if self.frozen:
            return torch.from_numpy(caption_embeddings(self.tower, texts, show))
        tokens = self.tower.tokenise(texts)
        self.cut += tokens.cut
        if tokens.cut and show:
            said = (
                f"{tokens.cut} of {len(texts)} captions are longer than {self.tower.limit} tokens and lose their end."
            )
            print(said, file=sys.stderr)
        return Tokens(tokens.ids.to(torch.int32), tokens.mask)

    def _hard(self, captions: pd.DataFrame, clips: ClipSet, show: bool) -> tuple[Tokens | Tensor, Tensor, CaptionTruth]:
        """A hard negative of every caption, the caption itself where it has none; where there is one; what they are true of."""
        if not all(name in captions for name in FACTORS):
            raise WorkbenchError(
                f"Hard negatives are made of captions that state factors, as those of the benchmarks do; those of '{clips.name}' do not. "
                "Take infonce or siglip."
            )
        numbered = captions.assign(clip=np.arange(len(captions)))  # one row each, whatever their clips are
        found = hard_negatives(numbered.assign(caption_id=0), self.seed).set_index("clip")
        there = np.zeros(len(captions), dtype=bool)
        there[found.index] = True
        table = captions.copy()
        table.loc[there, ["caption", *FACTORS]] = found[["caption", *FACTORS]].to_numpy()
        table[list(FACTORS)] = table[list(FACTORS)].astype(np.int64)
        return self._read(table["caption"].tolist(), show), torch.from_numpy(there), CaptionTruth(table, clips.table)


def _by_clip(captions: pd.DataFrame, clips: ClipSet) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """First row and number of captions of every clip, and the captions in the order of the clips."""
    place = pd.Series(np.arange(len(clips)), index=clips.table["clip"].to_numpy())
    row = captions["clip"].map(place)
    captions = captions.assign(row=row)[row.notna()].sort_values("row", kind="stable")  # a broken clip's are left out
    count = np.bincount(captions["row"].to_numpy(np.int64), minlength=len(clips))
    if (bare := np.flatnonzero(count == 0)).size:
        names = ", ".join(str(path) for path in clips.table["path"].iloc[bare[:3]])
        raise WorkbenchError(
            f"{bare.size} of {len(clips)} training clips of '{clips.name}' have no caption ({names}{', …' * (bare.size > 3)}). "
            "Caption them, or take them out of the list."
        )
    return np.concatenate([[0], count.cumsum()[:-1]]), count, captions.drop(columns="row").reset_index(drop=True)


def _take(tables: list[Tokens | Tensor], rows: Tensor) -> Texts:
    """Some rows of captions and, under them, the same rows of their hard negatives; embeddings of a frozen tower or tokens."""
    if isinstance(tables[0], Tensor):
        return embedded(torch.cat([table[rows] for table in tables if isinstance(table, Tensor)]))
    tokens = [table for table in tables if isinstance(table, Tokens)]
    longest = max(table.ids.shape[1] for table in tokens)
    ids = torch.cat([F.pad(table.ids[rows], (0, longest - table.ids.shape[1])) for table in tokens])
    mask = torch.cat([F.pad(table.mask[rows], (0, longest - table.mask.shape[1])) for table in tokens])
    return by_length(ids, mask)
