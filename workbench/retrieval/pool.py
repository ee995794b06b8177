"""The pool of a retrieval: test clips, the captions that ask for them, and which captions are true of which clips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.config import DataSettings
from workbench.data.captioned import load_captions
from workbench.data.captions import NEEDED, described_blocks
from workbench.data.clips import ClipSet, load_clips
from workbench.data.kinds import KINDS
from workbench.data.negatives import hard_negatives
from workbench.data.phrases import FACTORS
from workbench.data.shards import Chosen
from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.retrieval.truth import Truth

CLIPS = 1000  # of a benchmark, as many as MSR-VTT 1k-A has


@dataclass(frozen=True)
class Pool:
    """Clips, and captions with the column `row`, that of their own clip; every clip has a caption and every caption a clip.

    `note` says in words what was left out because it had no counterpart; empty where nothing was.
    """

    clips: ClipSet
    captions: pd.DataFrame
    note: str = ""

    @property
    def by_factors(self) -> bool:
        """Whether captions state factors, so that they are true of every clip that has them."""
        return all(name in self.captions for name in FACTORS) and all(name in self.clips.table for name in NEEDED)

    @cached_property
    def truth(self) -> Truth:
        """What is true of what: by factors where captions state them, else each caption of its own clip."""
        own = self.captions["row"].to_numpy(np.int64)
        if self.by_factors:
            blocks = described_blocks(self.captions, self.clips.table)
            return Truth.from_blocks(blocks, len(self.clips), own, f"The captions of {self.clips.name}")
        return Truth.from_index(own, len(self.clips), f"The captions of {self.clips.name}")

    @property
    def first(self) -> pd.DataFrame:
        """The first caption of every clip, in the order of the clips: of a benchmark the one that states all factors."""
        return self.captions.drop_duplicates("row").sort_values("row").reset_index(drop=True)

    @cached_property
    def wrong(self) -> dict[str, pd.DataFrame]:
        """By kind of exchanged word, the wrong captions of the clips it applies to, with `clip` their row; made once for all shifts."""
        # Clips by their row, so that a kind's negatives are found again whatever clips it applies to.
        asked = self.first.assign(clip=self.first["row"], caption_id=0)
        found = {kind: hard_negatives(asked, kinds=(kind,)) for kind in KINDS}
        return {kind: wrong for kind, wrong in found.items() if not wrong.empty}


def retrieval_pool(
    data: DataSettings,
    benchmark: str,
    split: str = "test",
    most: int = CLIPS,
    held_out: bool = False,
    show: bool = False,
) -> Pool:
    """The first `most` clips of a split that have captions, and all of their captions.

    Where the settings hold a composition out of training, either the clips that it leaves in or, with `held_out`, the others;
    equally many of both, so that the two pools have one chance.

    A clip without a caption, and a caption whose clip is missing or broken, stand on neither side; the note counts them.
    Raises where no clip with a caption is left.
    """
    clips = load_clips(data, split, source=benchmark, progress=show)
    captions = load_captions(data, split, benchmark, progress=show)
    known = captions["clip"].isin(clips.table["clip"])
    bare = ~clips.table["clip"].isin(captions["clip"])
    note = "; ".join(
        words
        for words in (
            _left_out(int((~known).sum()), "caption", "no clip that can be read", captions.loc[~known, "clip"]),
            _left_out(int(bare.sum()), "clip", "no caption", clips.table.loc[bare, "path"]),
        )
        if words
    )
    usable = ~bare.to_numpy()
    if "held_out" in clips.table:
        apart = clips.table["held_out"].to_numpy(bool)
        most = min(most, int((usable & apart).sum()), int((usable & ~apart).sum()))
        usable &= apart == held_out
    chosen = np.flatnonzero(usable)[:most]
    if not len(chosen):
        raise WorkbenchError(f"No clip of '{benchmark}' {split} has a caption. {note}")
    table = clips.table.iloc[chosen].reset_index(drop=True)
    pixels = Chosen(clips.clips, chosen)
    place = pd.Series(np.arange(len(table)), index=table["clip"].to_numpy())
    row = captions["clip"].map(place)
    captions = captions.assign(row=row)[row.notna()].astype({"row": np.int64}).reset_index(drop=True)
    key = content_key(clips.key, [int(n) for n in chosen], captions["caption"].tolist())
    return Pool(replace(clips, clips=pixels, table=table, key=key), captions, note)


def _left_out(count: int, what: str, lacks: str, which: pd.Series) -> str:
    if not count:
        return ""
    names = ", ".join(str(name) for name in which.drop_duplicates().head(3))
    return f"{count} {what}{'s' * (count > 1)} left out, with {lacks} ({names}{', …' * (which.nunique() > 3)})"
