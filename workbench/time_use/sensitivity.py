"""What a change in time costs: the temporal sensitivity index of a probe, and the distance that features move.

TSI_T = (a − a_T)/(a − chance), a the test accuracy and a_T that on clips changed by T (shared/DIAGNOSTICS.md): 0 where the
change costs nothing, 1 where it costs all that was read. **Fixed**: the probe of unchanged clips reads the changed ones, so
a shift of the features counts as loss. **Retrained**: a probe is trained, chosen and tested on changed clips, so what is
lost is no longer there to be read. A feature without order (the mean over time of features of single frames) has
TSI_shuffle = 0 under both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.probes.logistic import LinearFit

DRAWS = 2000
NONE = "none"  # the unchanged clips, where a table names the change


@dataclass(frozen=True)
class Views:
    """Means over the frame at each time step of the clips of every split under one change: float32 (n, t, D)."""

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray

    def flat(self, split: str) -> np.ndarray:
        """What the probe reads: (n, t·D)."""
        part: np.ndarray = getattr(self, split)
        return part.reshape(len(part), -1)


@dataclass(frozen=True)
class Factor:
    """A factor to be read: its name, its group (appearance, motion or label), number of classes, and labels of every split."""

    name: str
    group: str
    classes: int
    train: np.ndarray
    val: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Reading:
    """A factor with the probe of unchanged clips, which test clips it answers rightly, and in words why it cannot be read."""

    factor: Factor
    probe: LinearFit | None
    right: np.ndarray
    note: str = ""


def read_factor(views: Views, factor: Factor) -> Reading:
    """Fit the probe of unchanged clips (`fit_logistic` on the features of every time step). A factor of one class has no probe."""
    if len(np.unique(factor.train)) < 2:
        return Reading(factor, None, np.zeros(0, bool), f"{factor.name} has one value only in the training clips")
    probe = _fit(views, factor)
    note = f"classes {', '.join(map(str, probe.missing))} are missing from train" if probe.missing else ""
    return Reading(factor, probe, probe.predict(views.flat("test")) == factor.test, note)


def unchanged_rows(reading: Reading) -> list[dict[str, Any]]:
    """The row of the accuracy on unchanged clips, which every index of the factor starts from."""
    where = _where(reading, NONE, "fixed")
    return [_accuracy(where, reading, reading.right)]


def sensitivity_rows(reading: Reading, change: str, moved: Views | str, seed: int = 0) -> list[dict[str, Any]]:
    """Rows of accuracy, drop (a − a_T) and TSI under `change`, with the probe fixed and retrained; `moved` says in words why there is no change.

    Keys: group, factor, transform, probe, metric, value, low, high, n, chance, note. Intervals are 95 %: Wilson for an
    accuracy, of the drop and of TSI the percentiles of drawing test clips anew, both answers of a clip together.
    """
    factor, rows = reading.factor, []
    for kind in ("fixed", "retrained"):
        where = _where(reading, change, kind)
        if reading.probe is None or isinstance(moved, str):
            reason = moved if isinstance(moved, str) else reading.note
            rows += [_row(where, metric, n=len(factor.test), note=reason) for metric in ("accuracy", "drop", "tsi")]
            continue
        probe = reading.probe if kind == "fixed" else _fit(moved, factor)
        right = probe.predict(moved.flat("test")) == factor.test
        rows += [_accuracy(where, reading, right), *drop_and_index(where, reading.right, right, reading.note, seed)]
    return rows


def drop_and_index(
    where: Mapping[str, Any], before: np.ndarray, after: np.ndarray, note: str = "", seed: int = 0
) -> list[dict[str, Any]]:
    """Rows of a − a_T and of TSI from right and wrong answers (n,) to the same clips; `where["chance"]` is what guessing gives.

    TSI is undefined, and the note says so, where a's Wilson interval reaches down to chance.
    """
    from workbench.stats import wilson

    n, chance = len(before), float(where["chance"])
    if before.shape != after.shape or n == 0:
        raise WorkbenchError(
            f"Answers to be paired have shapes {before.shape} and {after.shape}; both are of the same clips."
        )
    a = float(before.mean())
    drop = a - float(after.mean())
    drawn, base = _draws(before, after, seed)
    low, high = np.quantile(drawn, [0.025, 0.975])
    rows = [_row(where, "drop", drop, float(low), float(high), n, note)]
    lowest, _ = wilson(int(before.sum()), n)
    if lowest <= chance:
        said = f"undefined: accuracy {a:.3f} (interval from {lowest:.3f}) is not above chance {chance:.3f}, so there is nothing to lose"
        return [*rows, _row(where, "tsi", n=n, note="; ".join(filter(None, [said, note])))]
    ratio = drawn / np.maximum(base - chance, 1 / n)  # a draw may hardly be above chance
    low, high = np.quantile(ratio, [0.025, 0.975])
    return [*rows, _row(where, "tsi", drop / (a - chance), float(low), float(high), n, note)]


def feature_distance(z: np.ndarray, changed: np.ndarray, seed: int = 0) -> dict[str, Any]:
    """(1 − cos(z, z_T)) averaged over clips, over the mean distance 1 − cos of two different clips; `z`, `changed` (n, D).

    Keys: value, low, high, n, note. 1: the change moves a clip as far as another clip is away. The interval is from drawing
    clips anew; the mean distance, over n² pairs, is taken as known.
    """
    from workbench.stats import two_level_bootstrap

    n = len(z)
    unit, other = _unit(z), _unit(changed)
    spread = 1 - (float(np.square(unit.sum(0)).sum()) - n) / (n * (n - 1)) if n > 1 else 0.0
    if spread < 1e-6:
        said = (
            "one clip has no other to be held against"
            if n < 2
            else "undefined: all clips have the same feature (collapsed)"
        )
        return {"value": None, "low": None, "high": None, "n": n, "note": said}
    # |u − v|²/2 is 1 − cos of unit vectors, and exactly 0 for equal ones.
    moved = np.square(unit - other).sum(1) / 2 / spread
    found = two_level_bootstrap(moved, draws=DRAWS, rng=seed)
    return {"value": found.estimate, "low": found.low, "high": found.high, "n": n, "note": ""}


def _fit(views: Views, factor: Factor) -> LinearFit:
    from workbench.probes.logistic import fit_logistic

    return fit_logistic(views.flat("train"), factor.train, views.flat("val"), factor.val, factor.classes)


def _draws(before: np.ndarray, after: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Resampled a − a_T and a. Clips fall into four kinds (right or wrong, before and after), so kinds are drawn, not clips."""
    n = len(before)
    kinds = np.bincount(2 * before.astype(int) + after.astype(int), minlength=4)
    drawn = np.random.default_rng(seed).multinomial(n, kinds / n, size=DRAWS) / n
    return drawn[:, 2] - drawn[:, 1], drawn[:, 2] + drawn[:, 3]


def _unit(z: np.ndarray) -> np.ndarray:
    """Rows of length 1, float64; a row of zeros stays."""
    z = np.asarray(z, np.float64)
    return z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-12)


def _where(reading: Reading, change: str, probe: str) -> dict[str, Any]:
    factor = reading.factor
    return {
        "group": factor.group,
        "factor": factor.name,
        "transform": change,
        "probe": probe,
        "chance": 1 / factor.classes,
    }


def _accuracy(where: Mapping[str, Any], reading: Reading, right: np.ndarray) -> dict[str, Any]:
    from workbench.stats import wilson

    if reading.probe is None:
        return _row(where, "accuracy", n=len(reading.factor.test), note=reading.note)
    low, high = wilson(int(right.sum()), len(right))
    return _row(where, "accuracy", float(right.mean()), low, high, len(right), reading.note)


def _row(
    where: Mapping[str, Any],
    metric: str,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    n: int = 0,
    note: str = "",
) -> dict[str, Any]:
    found = {**where, "metric": metric, "value": value, "low": low, "high": high, "n": n, "note": note}
    found["chance"] = where["chance"] if metric == "accuracy" else 0.0
    return found
