"""Probing a frozen encoder: features, every probe on every factor, and the result rows that tables are views of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pandas as pd

from workbench.config import Config
from workbench.data.clips import ClipSet, load_clips
from workbench.data.views import ONE, Views
from workbench.encoders import FrozenEncoder, open_encoder
from workbench.encoders.of_run import RunEncoder
from workbench.errors import UnknownName
from workbench.features import Features, features_of
from workbench.paths import cache_root
from workbench.probe_rows import about_encoder, about_run, answers, control_run, result_row
from workbench.probes import TOGETHER, Labelled, ProbeOutcome, ProbeTask, ask_all
from workbench.probes.views import over_views, probe_and_views
from workbench.progress import progress_bar
from workbench.results import Shelf
from workbench.runs import Run
from workbench.training.hold import hold

__all__ = ["control_run", "lacking", "probe", "probe_run"]

SPLITS = ("train", "val", "test")
Cell = tuple[str, str, str, str]  # benchmark, factor, probe, encoder
Names = Sequence[str] | None


def probe(
    encoder: FrozenEncoder | str,
    *,
    benchmarks: Names = None,
    probes: Names = None,
    factors: Names = None,
    pooled: bool = False,
    again: bool = False,
    show: bool = True,
) -> pd.DataFrame:
    """Rows of every benchmark × factor × probe of any encoder (by default what its settings say): columns of `workbench.rows`.

    `encoder` is open, or a name that `open_encoder` takes. Rows of a run go to its folder, as by `probe_run`. Those of an
    encoder without a run are kept in cache/results and are in no report: `run` is the encoder's name there, and `audit` "not
    audited". A continuous column of a benchmark (speed) is a factor too, for the probes `ridge` and `ridge_time`: metric "r2".
    A probe "attentive@2x3" averages over 2 clips × 3 crops of every test video of an imported set.
    `pooled`: read the means over the frame at each time step, stored in place of all tokens; not for a run.
    """
    opened = open_encoder(encoder)
    if isinstance(opened, RunEncoder):
        asked: dict[str, Any] = {"benchmarks": benchmarks, "probes": probes, "factors": factors}
        return probe_run(opened.run, **asked, encoder=opened.which, again=again, show=show)
    about = about_encoder(opened)
    shelf = Shelf(cache_root() / "results" / f"{opened.store()[1]}-{about['config_key']}")
    wanted = _wanted(opened.config, benchmarks, factors, probes, "")
    return _probe(shelf, shelf.hold(), wanted, lambda: opened, lambda: about, pooled=pooled, again=again, show=show)


def probe_run(
    run: Run,
    *,
    benchmarks: Names = None,
    probes: Names = None,
    factors: Names = None,
    encoder: str | None = None,
    again: bool = False,
    show: bool = True,
) -> pd.DataFrame:
    """Rows of every benchmark × factor × probe (by default the run's settings say which); those there are kept unless `again`.

    `encoder` is "context" or "teacher", by default the one that the settings say. Fitted on labelled training clips, chosen on
    validation clips, told of test clips. Each benchmark's rows are saved as soon as they are there, so an interrupted call
    goes on where it stopped.
    """
    which = encoder or run.config.probe.encoder
    run.weights_key(which)  # an unknown or missing encoder raises before any work
    wanted = _wanted(run.config, benchmarks, factors, probes, which)
    return _probe(
        run.shelf,
        hold(run),
        wanted,
        lambda: RunEncoder(run, which),
        lambda: about_run(run, which),
        again=again,
        show=show,
    )


def lacking(run: Run) -> list[Cell]:
    """The cells (benchmark, factor, probe, encoder) that the run's settings ask for and its rows lack."""
    done = _present(run.shelf, run.config.key())
    return [cell for cell in _wanted(run.config, None, None, None, run.config.probe.encoder) if cell not in done]


def _wanted(config: Config, benchmarks: Names, factors: Names, probes: Names, encoder: str) -> list[Cell]:
    settings = config.probe
    for name in probes or ():
        probe_and_views(name)  # an unknown probe raises before any work
    return [
        (benchmark, factor, name, encoder)
        for benchmark in benchmarks or settings.benchmarks
        for factor in factors or settings.factors
        for name in probes or settings.probes
    ]


def _present(shelf: Shelf, config_key: str) -> set[Cell]:
    rows = shelf.rows()
    if rows.empty:
        return set()
    current = rows[rows["config_key"] == config_key]
    return set(zip(*(current[name] for name in ("benchmark", "factor", "probe", "encoder")), strict=True))


def _probe(
    shelf: Shelf,
    held: AbstractContextManager[None],
    wanted: list[Cell],
    open_: Callable[[], FrozenEncoder],
    about_: Callable[[], dict[str, Any]],
    *,
    pooled: bool = False,
    again: bool,
    show: bool,
) -> pd.DataFrame:
    """Probe the cells that the shelf lacks, and give the rows of all that are wanted."""
    with held:
        about = about_()
        done = set() if again else _present(shelf, about["config_key"])
        todo = [cell for cell in wanted if cell not in done]
        count = 0
        with progress_bar(f"probe {about['run']}", len(todo), 0, show) as report:
            for benchmark in dict.fromkeys(cell[0] for cell in todo):
                rows, said = [], []
                cells = [cell for cell in todo if cell[0] == benchmark]
                for row, answer in _benchmark(open_(), about, benchmark, cells, pooled, show):
                    rows.append(row)
                    said.append(answer)
                    count += 1
                    report(count, f"{benchmark} {row['probe']}")
                shelf.add_results(pd.DataFrame(rows), pd.concat(said, ignore_index=True))
    saved = shelf.rows()
    keep = pd.MultiIndex.from_frame(saved[["benchmark", "factor", "probe", "encoder"]]).isin(wanted)
    return saved[keep].reset_index(drop=True)


def _benchmark(
    encoder: FrozenEncoder, about: dict[str, Any], benchmark: str, cells: list[Cell], pooled: bool, show: bool
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    config = encoder.config

    def read(split: str, views: Views) -> tuple[ClipSet, Features]:
        clips = load_clips(config.data, split, source=benchmark, progress=show, views=views)
        return clips, features_of(encoder, clips, pooled=pooled, show=show)

    fitted = {split: read(split, ONE)[1] for split in SPLITS[:2]}
    fitted["train"] = fitted["train"].head(config.probe.train_clips)
    asked = {name: probe_and_views(name) for _, _, name, _ in cells}
    tests = {views: read("test", views) for views in {views for _, views in asked.values()}}
    for name, (probe, views) in asked.items():
        clips, features = tests[views]
        splits, tasks = fitted | {"test": features}, {}
        for factor in (cell[1] for cell in cells if cell[2] == name):
            classes = classes_of(clips, factor)
            parts = {split: _labelled(of, factor, classes) for split, of in splits.items()}
            tasks[factor] = ProbeTask(**parts, classes=classes, seed=config.seed, settings=config.probe)
        for factor, outcome, seconds in _asked(probe, tasks):
            task, said = over_views(tasks[factor], outcome, views)
            row = result_row(about, clips, factor, name, task, said, seconds)
            yield row, answers(cells[0][3], benchmark, name, factor, task, said)


def _asked(probe: str, tasks: dict[str, ProbeTask]) -> Iterator[tuple[str, ProbeOutcome, float]]:
    """Factor, outcome and seconds, one by one; of a probe that reads all factors in one pass each has an equal part of the time."""
    groups = [tasks] if probe in TOGETHER else [{factor: task} for factor, task in tasks.items()]
    for group in groups:
        started = time.monotonic()
        outcomes = ask_all(probe, group)
        seconds = (time.monotonic() - started) / len(group)
        yield from ((factor, outcome, seconds) for factor, outcome in outcomes.items())


def classes_of(clips: ClipSet, factor: str) -> int:
    """Number of classes of a factor, 0 of a continuous one: a column of numbers that are not whole. Unknown ones raise."""
    continuous = [str(name) for name, kind in clips.table.dtypes.items() if kind.kind == "f"]
    if factor not in clips.factors and factor not in continuous:
        raise UnknownName(f"factor of {clips.name}", factor, [*clips.factors, *continuous])
    return clips.factors.get(factor, 0)


def _labelled(features: Features, factor: str, classes: int) -> Labelled:
    return Labelled(features, np.array(features.table[factor], np.int64 if classes else np.float64))
