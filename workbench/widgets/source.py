"""What the explorer shows: points, each a clip or a part of one, with their features by one encoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.shards import Clips
from workbench.errors import WorkbenchError
from workbench.features import standardise

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder

SHIFT, CLEAN = "shift", "clean"  # column of what the clips were put under, and its value where that is nothing
POINT = "point"  # column of the points' own numbers, where a clip has several
HIDDEN = ("clip", "path", "split", POINT)
PLACES = ("time", "row", "column")  # of a token


@dataclass(frozen=True)
class Behind:
    """What a source was made from, for what is computed when a clip is looked at."""

    encoder: FrozenEncoder
    clips: ClipSet


@dataclass(frozen=True, eq=False)
class Source:
    """Points with features float32 (n, D) of one encoder, and a table of n rows.

    clips        uint8 (m, T, H, W, 3); point i shows clip i, or `clip_rows[i]` where several points show one
    space        what the features are of: "pooled", a block, a layer, a time step, "tokens"
    grid         (t, h, w) of the tokens where the points are tokens; their table has `time`, `row` and `column`
    predicted    columns of the table that say what probes predict, each with the factor that it predicts
    """

    run: str
    benchmark: str
    split: str
    clips: Clips
    table: pd.DataFrame
    features: np.ndarray
    factors: dict[str, int]
    class_names: dict[str, list[str]] = field(default_factory=dict)
    encoder: str = ""
    key: str = ""  # of the features
    clips_key: str = ""
    left_out: int = 0
    space: str = "pooled"
    clip_rows: np.ndarray | None = None
    grid: tuple[int, int, int] | None = None
    predicted: dict[str, str] = field(default_factory=dict)
    behind: Behind | None = None

    def __post_init__(self) -> None:
        shown = len(self.clips) if self.clip_rows is None else len(self.clip_rows)
        if not shown == len(self.table) == len(self.features):
            counts = f"{shown} clips, {len(self.table)} rows and {len(self.features)} features"
            raise WorkbenchError(f"{self.benchmark} has {counts}.")

    @cached_property
    def ids(self) -> np.ndarray:
        """Numbers of the points, row by row: those of the clips where each point is one."""
        return self.table[POINT if POINT in self.table else "clip"].to_numpy(np.int64)

    @property
    def noun(self) -> str:
        """What a point is."""
        return "clip" if self.grid is None else "token"

    def name(self, row: int) -> str:
        """A point in words: 'Clip 12', 'Clip 12 at time 1, row 0, column 3', 'Clip 12, noise 3'."""
        values = self._naming
        words = f"Clip {values['clip'][row]}"
        if self.grid is not None:
            words += " at " + ", ".join(f"{place} {values[place][row]}" for place in PLACES)
        if SHIFT in values and (shift := values[SHIFT][row]) != CLEAN:
            words += f", {shift}"
        return words

    @cached_property
    def _naming(self) -> dict[str, list[object]]:
        return {name: self.table[name].tolist() for name in ("clip", SHIFT, *PLACES) if name in self.table}

    def clip_row(self, row: int) -> int:
        """Row, in `clips`, of the clip that a point shows."""
        return row if self.clip_rows is None else int(self.clip_rows[row])

    def pixels(self, row: int) -> np.ndarray:
        """The clip of a point, uint8 (T, H, W, 3); of a token with a white frame around it, at its time."""
        clip = np.array(self.clips[self.clip_row(row)])
        if self.grid is not None:
            time, down, right = (int(self.table[place].iloc[row]) for place in PLACES)
            t, h, w = (size // cells for size, cells in zip(clip.shape[:3], self.grid, strict=True))
            part = clip[time * t : (time + 1) * t, down * h : (down + 1) * h, right * w : (right + 1) * w]
            part[:, [0, -1]] = part[:, :, [0, -1]] = 255
        return clip

    @cached_property
    def _row(self) -> dict[int, int]:
        return {int(clip): row for row, clip in enumerate(self.ids)}

    def row(self, clip: int) -> int:
        """Row of a clip number; an unknown one raises."""
        if clip not in self._row:
            low, high = (int(self.ids.min()), int(self.ids.max())) if len(self.ids) else (0, 0)
            raise WorkbenchError(
                f"There is no {self.noun} {clip} in {self.benchmark} ({self.split}); its {self.noun}s are {low} to {high}."
            )
        return self._row[clip]

    def __contains__(self, clip: int) -> bool:
        return clip in self._row

    @cached_property
    def discrete(self) -> list[str]:
        """Factors with classes, a shift and the places of tokens. `label` is left out where another factor says the same."""
        more = [SHIFT] * (SHIFT in self.table) + [*PLACES] * (self.grid is not None)
        names = [name for name in (*self.factors, *more) if name in self.table.columns]
        label = self.table["label"].to_numpy() if "label" in names else None
        same = [
            n for n in names if n != "label" and label is not None and np.array_equal(self.table[n].to_numpy(), label)
        ]
        return [name for name in names if name != "label" or not same]

    @cached_property
    def parts(self) -> list[str]:
        """Factors for a caption: without those that say two or more others at once (a motion says its first and second)."""

        def says(whole: str, part: str) -> bool:
            return whole != part and bool((self.table.groupby(whole)[part].nunique() <= 1).all())

        return [n for n in self.discrete if sum(says(n, other) for other in self.discrete) < 2] or self.discrete

    @cached_property
    def continuous(self) -> list[str]:
        """Other columns that a person may want to see; seeds and bookkeeping are left out."""
        known = {*self.discrete, *self.factors, *HIDDEN}
        return [str(name) for name in self.table.columns if name not in known and not str(name).endswith("seed")]

    def word(self, column: str, row: int) -> str:
        """The value of a column for a person: a class's name, a rounded number, or the text itself."""
        return self.words(column, self.table[column].iloc[row])

    def words(self, column: str, value: object) -> str:
        """A value of `column` for a person."""
        names = self.class_names.get(self.predicted.get(column, column))
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            return names[int(value)] if names and 0 <= int(value) < len(names) else str(int(value))
        if isinstance(value, float | np.floating):
            return "–" if np.isnan(value) else f"{value:.3g}"
        return "–" if value is None else str(value)

    @cached_property
    def _unit(self) -> np.ndarray:
        (standard,) = standardise(self.features)
        norm = np.linalg.norm(standard, axis=1, keepdims=True)
        return standard / np.where(norm > 0, norm, 1)

    def nearest(self, row: int, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` rows nearest to `row` by cosine in the standardised pooled features, nearest first, and their cosines.

        `row` itself is not one of them. Space and measure are the kNN probe's, standardised by the clips that are shown.
        Of equals, the earlier row comes first.
        """
        cosine = self._unit @ self._unit[row]
        cosine[row] = -np.inf
        order = np.argsort(-cosine, kind="stable")[: max(0, min(k, len(cosine) - 1))]
        return order, cosine[order]
