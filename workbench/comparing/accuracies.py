"""What probes read from each model, and the paired differences between models on the same test clips."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.comparing.differs import differences
from workbench.comparing.model import Model
from workbench.errors import WorkbenchError
from workbench.presets import run_name, same_conditions
from workbench.report.compare import NO_ANSWERS, Difference
from workbench.report.gather import Study, correct_matrix
from workbench.rows import load_predictions, load_results
from workbench.stats import Interval, PairedDifference, holm, paired_difference

KEY = ["benchmark", "probe", "factor"]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Cell:
    """One benchmark, probe and factor. `rows`: the row of every model; `random`: of the untrained encoder of the first one's seed and preset.

    `differences`: every other model less the first, of exactly these two; `p_holm`: their p over all differences of the table.
    `over_seeds`: the same over all seeds that both have with else the same settings; None where that is no more than one.
    """

    benchmark: str
    probe: str
    factor: str
    rows: tuple[Any | None, ...]
    random: Any | None
    differences: tuple[Difference | None, ...]
    over_seeds: tuple[Difference | None, ...]
    p_holm: tuple[float, ...] = ()


def accuracies(models: Sequence[Model], confidence: float = 0.95) -> list[Cell]:
    """All cells that two of the models or more have, in the order of the first one's rows; p values adjusted by Holm over all.

    Intervals and p values are paired over the same test clips (`stats.paired_difference`); where the answers to single clips were
    not kept, a difference has no interval and says so. Needs no weights.
    """
    every, siblings = _results(models)
    tables = [_by_cell(model.rows) for model in models]
    keys = [key for key in dict.fromkeys(key for table in tables for key in table) if sum(key in t for t in tables) > 1]
    study = _study(models, every, siblings, confidence)
    marks = [tuple(differences(model, models[0])) for model in models[1:]]
    cells = []
    for key in keys:
        rows = tuple(table.get(key) for table in tables)
        pairs = [(row, rows[0]) if row is not None and rows[0] is not None else None for row in rows[1:]]
        names = [(model.name, models[0].name) for model in models[1:]]
        alone = [
            _difference(study, name, [pair] if pair else [], said)
            for name, pair, said in zip(names, pairs, marks, strict=True)
        ]
        more = [_matched(siblings[i], siblings[0], key) for i in range(1, len(models))]
        seeds = [_difference(study, name, m, ()) if len(m) > 1 else None for name, m in zip(names, more, strict=True)]
        cells.append(Cell(*key, rows, _random(models[0], every, key), tuple(alone), tuple(seeds)))
    return _adjusted(cells)


def _adjusted(cells: list[Cell]) -> list[Cell]:
    adjusted = iter(holm([math.nan if one is None else one.paired.p for cell in cells for one in cell.differences]))
    return [replace(cell, p_holm=tuple(float(next(adjusted)) for _ in cell.differences)) for cell in cells]


def _by_cell(rows: pd.DataFrame) -> dict[Key, Any]:
    accuracy = rows[rows["metric"] == "accuracy"]
    return {(str(r.benchmark), str(r.probe), str(r.factor)): r for r in accuracy.itertuples(index=False)}


def _results(models: Sequence[Model]) -> tuple[pd.DataFrame, list[dict[int, dict[Key, Any]]]]:
    """All rows there are, and of each model those of every seed with else its settings: {seed: {cell: row}}."""
    every = load_results().rows
    every = every[(every["split"] == "test") & (every["metric"] == "accuracy")]
    return every, [_siblings(model, every) for model in models]


def _siblings(model: Model, every: pd.DataFrame) -> dict[int, dict[Key, Any]]:
    if not model.usual or model.run is None:
        return {}
    config = model.run.config
    same = every[
        (every["variant"] == model.variant) & (every["preset"] == config.preset) & (every["encoder"] == model.which)
    ]
    names = {int(seed): run_name(config.model_copy(update={"seed": int(seed)})) for seed in same["seed"].unique()}
    return {seed: _by_cell(same[same["run"] == name]) for seed, name in names.items()}


def _matched(a: dict[int, dict[Key, Any]], b: dict[int, dict[Key, Any]], key: Key) -> list[tuple[Any, Any]]:
    return [(a[seed][key], b[seed][key]) for seed in sorted({*a} & {*b}) if key in a[seed] and key in b[seed]]


def _random(model: Model, every: pd.DataFrame, key: Key) -> Any | None:
    if model.variant == "random" and model.run is not None:
        name = model.run.name
    else:
        name = run_name(same_conditions(model.encoder.config, "random"))
    return _by_cell(every[every["run"] == name]).get(key)


def _study(
    models: Sequence[Model], every: pd.DataFrame, siblings: list[dict[int, dict[Key, Any]]], confidence: float
) -> Study:
    """Rows and answers as the report reads them; those of the models themselves come from their own shelves."""
    own = {model.about["run"] for model in models}
    names = {row.run for of in siblings for cells in of.values() for row in cells.values()} - own
    others = every[every["run"].isin(names)]
    parts = [load_predictions(others)] if len(others) else []
    parts += [model.answers.assign(run=model.about["run"]) for model in models if len(model.answers)]
    grouped: dict[Any, pd.DataFrame] = {}
    for part in parts:
        grouped |= {key: table for key, table in part.groupby(["run", *KEY, "encoder"], observed=True)}
    return Study(
        preset="", seeds=(), variants=(), benchmarks=(), probes=(), confidence=confidence, rows=every, held=grouped
    )


def _difference(
    study: Study, names: tuple[str, str], pairs: list[tuple[Any, Any]], marks: Sequence[str]
) -> Difference | None:
    """The first of each pair less the second; None where there is no pair."""
    if not pairs:
        return None
    said, ones, others = list(marks), [a for a, _ in pairs], [b for _, b in pairs]
    try:
        matrix = correct_matrix(study, [*ones, *others])
    except WorkbenchError as error:  # answers that do not fit their row
        matrix = None
        said.append(str(error))
    if matrix is None:
        paired = _unpaired([a.value - b.value for a, b in pairs], ones[0].n, study.confidence)
        said.append(f"{NO_ANSWERS}, or not of the same clips: there is no interval")
    else:
        paired = paired_difference(matrix[: len(pairs)], matrix[len(pairs) :], study.confidence)
    row = ones[0]
    seeds = tuple(a.seed for a in ones)
    return Difference(*names, row.benchmark, row.probe, row.factor, paired, seeds, tuple(dict.fromkeys(said)))


def _unpaired(deltas: list[float], clips: int, confidence: float) -> PairedDifference:
    none = Interval(float(np.mean(deltas)), math.nan, math.nan, confidence, "none")
    return PairedDifference(none, tuple(deltas), clips, math.nan, "none", math.nan, None)
