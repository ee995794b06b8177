"""Tables of accuracies, of missing runs and of the runs behind the numbers, each a view of rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from workbench.report.compare import Accuracy
from workbench.report.gather import LABEL, Study
from workbench.report.numbers import ends, listed, percent
from workbench.report.table import Cell, Column, Table
from workbench.report.words import level, over, probe_name
from workbench.variants import VARIANTS

NOT_RUN = "not run"
ACCURACY_FIELDS = (
    "status",
    "accuracy",
    "low",
    "high",
    "confidence",
    "interval",
    "seeds",
    "by_seed",
    "n",
    "chance",
    "marks",
)


def accuracy_table(study: Study, cells: Mapping[tuple[str, str, str], Accuracy | None]) -> Table:
    """Variants × (benchmark, probe): accuracy in percent with its interval."""
    pairs = [(b, p) for b in study.benchmarks for p in study.probes]
    columns = [Column("encoder", number=False)]
    columns += [Column(probe_name(p), _heading(cells, study, b)) for b, p in pairs]
    rows = [[Cell(v, VARIANTS[v].title), *(accuracy_cell(cells[v, b, p]) for b, p in pairs)] for v in study.variants]
    records = [accuracy_record(v, b, p, LABEL, cells[v, b, p]) for v in study.variants for b, p in pairs]
    lead = f"Test accuracy of probes on frozen encoders in percent, {over(study)}, with {level(study)} intervals."
    if "random" in study.variants:
        lead += " The row random is what can be read from an encoder that was never trained."
    notes = [*_methods(cells.values()), *_budgets(study)]
    return Table(
        "accuracy", "Accuracy by encoder, benchmark and probe", columns, rows, pd.DataFrame(records), notes, lead
    )


def factor_table(study: Study, cells: Mapping[tuple[str, str, str, str], Accuracy | None]) -> Table:
    """Variants × probe for every (benchmark, factor) that was read besides the label."""
    columns = [Column("encoder", number=False), *(Column(probe_name(p)) for p in study.probes)]
    rows, records = [], []
    for b, f in dict.fromkeys((b, f) for _, b, _, f in cells):
        chance = next(
            (one.chance for v in study.variants for p in study.probes if (one := cells[v, b, p, f])), math.nan
        )
        rows.append([Cell(f"{f} in {b} · chance {percent(chance)}")])
        for v in study.variants:
            rows.append([Cell(v), *(accuracy_cell(cells[v, b, p, f]) for p in study.probes)])
            records += [accuracy_record(v, b, p, f, cells[v, b, p, f]) for p in study.probes]
    lead = (
        f"What else was read from the same frozen encoders: test accuracy in percent, {over(study)}, "
        f"with {level(study)} intervals."
    )
    notes = _methods(cells.values())
    return Table("factors", "Factors besides the label", columns, rows, pd.DataFrame(records), notes, lead)


def missing_table(study: Study) -> Table:
    """Runs without all results, and the commands that make them."""
    columns = [
        Column("run", number=False),
        Column("command that makes it", number=False),
        Column("state", number=False),
    ]
    commands = [" && ".join(run.commands) for run in study.missing]
    rows = [
        [Cell(run.run), Cell(command, look="code"), Cell(run.reason, look="wraps")]
        for run, command in zip(study.missing, commands, strict=True)
    ]
    records = [
        {"run": run.run, "commands": command, "state": run.reason}
        for run, command in zip(study.missing, commands, strict=True)
    ]
    lead = "These runs lack results; their cells say “not run”, or rest on fewer seeds and are marked."
    return Table("missing", "Not run", columns, rows, pd.DataFrame(records), lead=lead)


def runs_table(study: Study) -> Table:
    """What stands behind the numbers: one line for each run."""
    columns = [Column("run", number=False), Column("steps"), Column("training, s"), Column("probes, s")]
    columns += [Column(title, number=False) for title in ("encoder probed", "start", "commit", "read from")]
    rows, records = [], []
    for _, group in study.rows.groupby("run", sort=False):
        run = group.iloc[0]
        commit = run["commit"][:10] + (" + changes" if run["dirty"] else "")
        trained = "–" if math.isnan(run["train_seconds"]) else f"{run['train_seconds']:.0f}"
        probed = float(group["seconds"].sum())
        texts = [
            run["run"],
            f"{run['steps']:,}",
            trained,
            f"{probed:.0f}",
            run["encoder"],
            run["fingerprint"][:10] or "–",
            commit,
        ]
        rows.append([*(Cell(text) for text in texts), Cell(_place(str(run["source"])))])
        keep = ["run", "variant", "seed", "preset", "recipe", "steps", "train_seconds", "encoder", "fingerprint"]
        records.append({**run[[*keep, "config_key", "commit", "dirty", "versions", "source"]], "probe_seconds": probed})
    note = "start: content key of the initial weights, equal for every variant of a seed."
    notes = [note] if rows else ["No run has results."]
    return Table("runs", "Runs behind the numbers", columns, rows, pd.DataFrame(records), notes)


def accuracy_cell(one: Accuracy | None) -> Cell:
    """An accuracy with its interval, or that it was not run."""
    if one is None:
        return Cell(NOT_RUN, look="missing")
    return Cell(percent(one.interval.estimate), ends(one.interval), one.marks)


def accuracy_record(variant: str, benchmark: str, probe: str, factor: str, one: Accuracy | None) -> dict[str, Any]:
    """The same for programs."""
    cell: dict[str, Any] = {"variant": variant, "benchmark": benchmark, "probe": probe, "factor": factor}
    if one is None:
        return cell | dict.fromkeys(ACCURACY_FIELDS) | {"status": NOT_RUN}
    return cell | {
        "status": "run",
        "accuracy": one.interval.estimate,
        "low": one.interval.low,
        "high": one.interval.high,
        "confidence": one.interval.confidence,
        "interval": one.interval.method,
        "seeds": " ".join(map(str, one.seeds)),
        "by_seed": " ".join(f"{share:.6f}" for share in one.by_seed),
        "n": one.n,
        "chance": one.chance,
        "marks": "; ".join(one.marks),
    }


def _budgets(study: Study) -> list[str]:
    """Budget of every probe, and which encoder was read after how many steps, from the rows."""
    notes = [
        f"Budget of the {probe_name(str(probe))} probe: {listed(group['budget'].unique())}."
        for probe, group in study.rows.groupby("probe", sort=False)
    ]
    for encoder, group in study.rows.groupby("encoder", sort=False):
        steps = [f"{listed(some['variant'].unique())} {count:,}" for count, some in group.groupby("steps", sort=False)]
        recipes = listed(group["recipe"].unique())
        notes.append(f"Probed: the {encoder} encoder. Training steps: {'; '.join(steps)}. Recipe: {recipes}.")
    return notes


def _place(source: str) -> str:
    """Where a run's rows were read: its own folder, or a kept table."""
    return "its folder" if source.startswith("checkpoints/") else source.rpartition("reports/")[2]


def _heading(cells: Mapping[tuple[str, str, str], Accuracy | None], study: Study, benchmark: str) -> str:
    for probe in study.probes:
        for variant in study.variants:
            if one := cells[variant, benchmark, probe]:
                return f"{benchmark} · chance {percent(one.chance)} · {one.n:,} clips"
    return benchmark


def _methods(cells: Iterable[Accuracy | None]) -> list[str]:
    methods = dict.fromkeys(one.interval.method for one in cells if one is not None)
    return [f"Intervals: {listed(methods)}."] if methods else []
