"""The pages of the comparer on what was stored by `workbench diagnose` and by training; where it is not, which command makes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.comparing.model import Model
from workbench.comparing.training import POINTS
from workbench.comparing.training import curves as training_curves
from workbench.data.benchmarks import BENCHMARKS
from workbench.diagnosis import PARTS, stored
from workbench.variants import VARIANTS
from workbench.widgets.compare_blocks import NONE, Block, chart, column, figure, line, number, table, text
from workbench.widgets.compare_source import LETTERS

SMALLEST = 1e-12  # share below which an eigenvalue is rounding and has no place on a logarithmic axis
CHANGES = {"shuffle": "shuffled", "reverse": "reversed", "freeze": "frozen", "single_frame": "one frame"}
Blocks = list[Block]


def matrices(models: Sequence[Model], benchmark: str) -> Blocks:
    """Which factor can be read from which block of channels: scores of the logistic probe."""
    tables, blocks = _diagnosed(models, benchmark, "disentangle", "matrix")
    if not tables:
        return blocks
    parts = {i: rows[rows["probe"] == "logistic"] for i, rows in tables.items()}
    columns, cells = [column("factor")], []
    for i, rows in parts.items():
        for block in dict.fromkeys(rows["block"]):
            name = f"{LETTERS[i]}, {'all channels' if block == 'all' else f'block {block}'}"
            columns.append(column(name, models[i].name, True))
            cells.append({str(row.factor): row for row in rows[rows["block"] == block].itertuples()})
    factors = dict.fromkeys((str(r.factor), str(r.group)) for rows in parts.values() for r in rows.itertuples())
    lines = [
        [f"{factor} ({group})", *(_score(of.get(factor), level=True) for of in cells)] for factor, group in factors
    ]
    n = _count(parts.values())
    return [
        *blocks,
        text("Score: 0 is chance, 1 everything. Beside each stand its 95 % interval and the score of its untrained twin, the same architecture with weights drawn anew."),
        table(f"Factor × block on {benchmark}, {n} test clips", columns, lines),
    ]  # fmt: skip


def time(models: Sequence[Model], benchmark: str) -> Blocks:
    """What a change in time costs the reading of each factor, and whether opposites in time are told apart."""
    tables, blocks = _diagnosed(models, benchmark, "time", "sensitivity", "chiral")
    if not tables:
        return blocks
    sensitivity, chiral = ({i: of[name] for i, of in tables.items()} for name in ("sensitivity", "chiral"))
    indices = {i: rows[rows["metric"] == "tsi"] for i, rows in sensitivity.items()}
    keys = dict.fromkeys(
        (str(r.factor), str(r.group), str(r.transform)) for rows in indices.values() for r in rows.itertuples()
    )
    columns = [column("factor, clip"), *(column(LETTERS[i], models[i].name, True) for i in indices)]
    lines = [
        [
            f"{factor} ({group}), {CHANGES.get(change, change)}",
            *(_index(rows, factor, change) for rows in indices.values()),
        ]
        for factor, group, change in keys
    ]
    opposite = {
        i: rows[(rows["pair"] == "mean over pairs") & (rows["metric"] == "chiral accuracy")]
        for i, rows in chiral.items()
    }
    told = [_score(next(rows.itertuples(), None), n=True) for rows in opposite.values()]
    n = _count(indices.values())
    return [
        *blocks,
        text("Time-sensitivity index with a probe trained anew on the changed clips: 0, the change costs nothing; 1, all that was read above chance. Beside it stand its 95 % interval, the index with the probe left as it was, and the untrained twin's."),
        table(f"Time-sensitivity on {benchmark}, {n} test clips", columns, lines),
        table("Are a motion and its reversal told apart? Accuracy, mean over pairs; chance 0.5", columns[1:] and [column(""), *columns[1:]], [["opposites in time", *told]]),
    ]  # fmt: skip


def spectra(models: Sequence[Model], benchmark: str) -> Blocks:
    """How many directions each space uses."""
    tables, blocks = _diagnosed(models, benchmark, "quality", "spectrum", "quality")
    if not tables:
        return blocks
    for of in ("clips", "tokens"):
        series = []
        for i, found in tables.items():
            rows = found["spectrum"]
            rows = rows[(rows["of"] == of) & (rows["share"] > SMALLEST)]
            if len(rows):
                series.append(line(i, models[i], rows["rank"].tolist(), rows["share"].tolist()))
        if series:
            blocks.append(
                chart(
                    f"Spectrum of {of}",
                    "rank of the eigenvalue",
                    "share of the variance",
                    series,
                    log_x=True,
                    log_y=True,
                )
            )
    quality = {i: found["quality"] for i, found in tables.items()}
    good = {str(r.measure): str(r.good) for rows in quality.values() for r in rows.itertuples()}
    by_measure = [{str(r.measure): r for r in rows.itertuples()} for rows in quality.values()]
    columns = [column("measure"), *(column(LETTERS[i], models[i].name, True) for i in quality), column("good is")]
    lines = [
        [name.replace("_", " "), *(_score(of.get(name), 3) for of in by_measure), of_good]
        for name, of_good in good.items()
    ]
    return [
        *blocks,
        table(f"Measures of the space on {benchmark}, {_count(quality.values())} test clips", columns, lines),
    ]


def curves(models: Sequence[Model]) -> Blocks:
    """Every term over training."""
    found = training_curves(models)
    blocks = [text(_no_curve(i, model)) for i, model in enumerate(models) if model.name not in set(found["model"])]
    if found.empty:
        return blocks
    most = int(found["steps"].max())
    blocks.append(
        text(
            f"Every point is the mean of up to {most} steps, so that a curve has {POINTS} points at most; the table has the last one."
        )
    )
    places = {model.name: i for i, model in enumerate(models)}
    for term, rows in found.groupby("term", sort=False):
        parts = [(places[str(name)], part) for name, part in rows.groupby("model", sort=False)]
        series = [line(i, models[i], part["step"].tolist(), part["value"].tolist()) for i, part in parts]
        blocks.append(chart(str(term), "step", "", series))
    last = found.groupby(["term", "model"], sort=False).last()["value"]
    names = [model.name for model in models if model.name in set(found["model"])]
    columns = [column("term"), *(column(LETTERS[places[name]], name, True) for name in names)]
    lines = [
        [str(term), *(figure(last[term, name], 4) if (term, name) in last else NONE for name in names)]
        for term in dict.fromkeys(found["term"])
    ]
    return [*blocks, table("The last point of every curve", columns, lines)]


def _no_curve(place: int, model: Model) -> str:
    name = f"{LETTERS[place]}, {model.name},"
    if model.run is not None and not VARIANTS[model.variant].trained:
        return f"{name} was never trained, so it has no curves."
    return f"{name} has no history: " + ("its run kept none." if model.run else "it is not a run of this folder.")


def _diagnosed(models: Sequence[Model], benchmark: str, part: str, *tables: str) -> tuple[dict[int, Any], Blocks]:
    """The stored tables of every model that has them (one table as it is), and a line for each that has not."""
    if not PARTS[part].takes(benchmark):
        able = [name for name in BENCHMARKS if PARTS[part].takes(name)]
        return {}, [text(f"{benchmark} has not the factors that this needs. Choose the clips of {' or '.join(able)}.")]
    found: dict[int, Any] = {}
    blocks = []
    for i, model in enumerate(models):
        diagnosis = stored(model.encoder, benchmarks=[benchmark], parts=[part])
        if all(name in diagnosis for name in tables):
            found[i] = diagnosis[tables[0]] if len(tables) == 1 else {name: diagnosis[name] for name in tables}
        else:
            command = f"workbench diagnose {model.name} --part {part} --benchmark {benchmark}"
            blocks.append(
                text(f"{LETTERS[i]}, {model.name}, has not been diagnosed on these clips: `{command}` does it.")
            )
    return found, blocks


def _score(row: Any | None, digits: int = 2, level: bool = False, n: bool = False) -> Block | str:
    """A number with interval, and the twin's; with a bar, and the clips behind it, where asked for."""
    if row is None:
        return NONE
    twin = getattr(row, "random_encoder", None)
    more = [] if pd.isna(twin) else [f"untrained {figure(float(twin), digits)}"]
    if n:
        more.append(f"n = {row.n:,}")
    cell = number(row.value, row.low, row.high, "; ".join(more), digits)
    return {**cell, "level": float(row.value)} if level and not pd.isna(row.value) else cell


def _index(rows: pd.DataFrame, factor: str, change: str) -> Block | str:
    chosen = rows[(rows["factor"] == factor) & (rows["transform"] == change)]
    by_probe: dict[str, Any] = {str(row.probe): row for row in chosen.itertuples()}
    cell, fixed = _score(by_probe.get("retrained")), by_probe.get("fixed")
    if isinstance(cell, dict) and fixed is not None:
        said = "undefined" if pd.isna(fixed.value) else figure(float(fixed.value))
        cell["note"] = "; ".join(filter(None, (cell["note"], f"fixed probe {said}")))
    return cell


def _count(tables: Any) -> str:
    """The clips behind the tables: one number, or the range."""
    counts = sorted({int(n) for rows in tables for n in rows["n"]})
    return f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
