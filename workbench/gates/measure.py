"""Measures the gates of a benchmark: every oracle on every view, with its interval, chance and the limit it must keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.clips import ClipSet, load_clips
from workbench.data.motions import reversed_event, reversed_motion
from workbench.gates.oracles import EPOCHS, ORACLES, cnn, pixel_features
from workbench.gates.views import VIEWS, States, View, true_states
from workbench.progress import progress_bar
from workbench.registry import Registry
from workbench.stats import holm, wilson

LEVEL = 0.05  # over all gates of a benchmark together (Holm)


@dataclass(frozen=True)
class Gates:
    """What a benchmark promises. `limits`: (input, view) -> the most that its oracles may reach on the label; 1 elsewhere.

    `pair_limits`: the same for telling a clip's class from that of its time reversal, `reversal[class]`.
    `others`: (factor, view) of true states that must stay at chance.
    """

    limits: dict[tuple[str, str], float]
    pair_limits: dict[tuple[str, str], float]
    reversal: tuple[int, ...] | None
    others: tuple[tuple[str, str], ...]


def _both(views: dict[str, float]) -> dict[tuple[str, str], float]:
    return {(kind, view): limit for view, limit in views.items() for kind in ("states", "pixels")}


# What a class shares with its time reversal, and factors that say nothing of motion: the same for both motion benchmarks.
_PAIR_LIMITS = _both(dict.fromkeys(("appearance", "start", "frame", "mean", "set"), 0.5))
_NOT_MOTION = (("sprite", "ordered"), ("texture", "ordered"))

GATES: Registry[Gates] = Registry("benchmark with gates")
# A path and its reversal share their frames, and (a, b) and (b, a) their first and last: one half at most.
GATES.add(
    "motion48",
    Gates(
        limits=_both(
            {
                "appearance": 1 / 48,
                "start": 1 / 48,
                "frame": 1 / 48,
                "mean": 0.5,
                "set": 0.5,
                "ends": 0.5,
                "ordered": 1.0,
            }
        ),
        pair_limits=_PAIR_LIMITS,
        reversal=tuple(reversed_motion(motion) for motion in range(48)),
        others=_NOT_MOTION,
    ),
)
GATES.add(
    "temporal16",
    Gates(
        limits=_both({"appearance": 1 / 16, "start": 1 / 16, "frame": 1 / 16, "mean": 0.5, "set": 0.5}),
        pair_limits=_PAIR_LIMITS,
        reversal=tuple(reversed_event(event) for event in range(16)),
        others=_NOT_MOTION,
    ),
)
# What is there is to be seen in one frame, and how it moves must not tell it.
GATES.add(
    "appearance100",
    Gates(
        limits={("states", view): 0.01 for view in ("start", "frame", "ends", "set", "ordered")},
        pair_limits={},
        reversal=None,
        others=(("first", "appearance"),),
    ),
)


def measure_gates(
    benchmark: str, data: DataSettings, *, pixels: bool = True, epochs: int = EPOCHS, progress: bool = True
) -> pd.DataFrame:
    """One row an oracle: benchmark, target, task, view, input, oracle, accuracy, low, high, n, chance, limit, p, holds.

    `task` is 'class', or 'pair' for telling a class from that of the clip played backwards. `p` is the one-sided exact
    binomial probability of so many right answers at the limit, adjusted over the rows (Holm); a gate `holds` where it is
    at least 0.05. Rows without a limit below 1 are not gates. `pixels=False` leaves out the oracles on pixels.
    """
    gates = GATES[benchmark]
    train, test = (load_clips(data, split, source=benchmark, progress=progress) for split in ("train", "test"))
    rows: list[dict[str, object]] = []
    seen = [true_states(part.table, data) for part in (train, test)]
    views = sum((view.states is not None) + (pixels and view.pixels is not None) for _, view in VIEWS.items())
    with progress_bar(f"gates of {benchmark}", views, show=progress) as report:
        scores_of = _scores(BENCHMARKS[benchmark].classes, seen, train, test, pixels, epochs)
        for done, (name, kind, scored) in enumerate(scores_of, start=1):
            for oracle, scores in scored:
                rows += _judged(benchmark, gates, test, name, kind, oracle, scores)
            report(done, f"{name} of {kind}")
    for factor, view in gates.others:
        rows += _other(benchmark, seen, factor, view)
    table = pd.DataFrame(rows)
    table["p"] = holm(table["p"].tolist())
    return table.assign(holds=~(table["p"] < LEVEL), train_clips=len(train), size=data.size, frames=data.frames)


Scored = Iterator[tuple[str, np.ndarray]]


def _scores(
    classes: int, seen: Sequence[States], train: ClipSet, test: ClipSet, pixels: bool, epochs: int
) -> Iterator[tuple[str, str, Scored]]:
    """View, input ('states' or 'pixels'), and the scores of each oracle on the test clips. `seen`: states of train and test."""
    y = train.table["label"].to_numpy()

    def of_states(view: View) -> Scored:
        assert view.states is not None
        x, x_test = (view.states(states) for states in seen)
        for oracle, fit in ORACLES.items():
            yield oracle, fit(x, y, x_test, classes)

    def of_pixels(view: View) -> Scored:
        assert view.pixels is not None
        x, x_test = (
            view.pixels(np.asarray(part.clips), at.frame) for part, at in zip((train, test), seen, strict=True)
        )
        small, small_test = pixel_features(x, x_test, view.order_free)
        for oracle, fit in ORACLES.items():
            yield oracle, fit(small, y, small_test, classes)
        yield "cnn", cnn(x, y, x_test, classes, view.order_free, epochs)

    for name, view in VIEWS.items():
        if view.states is not None:
            yield name, "states", of_states(view)
        if pixels and view.pixels is not None:
            yield name, "pixels", of_pixels(view)


def _judged(
    benchmark: str, gates: Gates, test: ClipSet, view: str, kind: str, oracle: str, scores: np.ndarray
) -> list[dict[str, object]]:
    label = test.table["label"].to_numpy()
    common = {"benchmark": benchmark, "target": "label", "view": view, "input": kind, "oracle": oracle}
    right = int((scores.argmax(1) == label).sum())
    limit = gates.limits.get((kind, view), 1.0)
    rows = [_row({**common, "task": "class"}, right, len(label), 1 / BENCHMARKS[benchmark].classes, limit)]
    if gates.reversal is not None:
        rows_of, backwards = np.arange(len(label)), np.array(gates.reversal)[label]
        own, other = scores[rows_of, label], scores[rows_of, backwards]
        # A tie is broken by which class has the smaller number, so that it is right for one half of a balanced pair.
        beats = (own > other) | ((own == other) & (label < backwards))
        limit = gates.pair_limits.get((kind, view), 1.0)
        rows.append(_row({**common, "task": "pair"}, int(beats.sum()), len(label), 0.5, limit))
    return rows


def _other(benchmark: str, seen: Sequence[States], factor: str, view: str) -> list[dict[str, object]]:
    """Oracles on true states that try to read another factor, which must stay at chance. `seen`: states of train and test."""
    states = VIEWS[view].states
    assert states is not None
    x, x_test = (states(part) for part in seen)
    y, y_test = (part.table[factor].to_numpy() for part in seen)
    classes = int(y.max()) + 1
    rows = []
    for oracle, fit in ORACLES.items():
        right = int((fit(x, y, x_test, classes).argmax(1) == y_test).sum())
        common = {"benchmark": benchmark, "target": factor, "view": view, "input": "states", "oracle": oracle}
        rows.append(_row({**common, "task": "class"}, right, len(y_test), 1 / classes, 1 / classes))
    return rows


def _row(common: dict[str, object], right: int, n: int, chance: float, limit: float) -> dict[str, object]:
    from scipy.stats import binomtest

    low, high = wilson(right, n)
    p = float(binomtest(right, n, limit, alternative="greater").pvalue) if limit < 1 else float("nan")
    return {**common, "accuracy": right / n, "low": low, "high": high, "n": n, "chance": chance, "limit": limit, "p": p}
