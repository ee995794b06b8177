"""What a report is made of: the rows and answers of the runs it asks for, and which of them are not there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from workbench.config import Config, Reading
from workbench.errors import UnknownName, WorkbenchError
from workbench.presets import build_config, run_name, trained_on
from workbench.rows import Results, each_predictions, empty_rows, load_results
from workbench.runs import Run, list_runs, train_command
from workbench.variants import VARIANTS

LABEL = "label"
CELL = ["benchmark", "probe", "factor", "encoder"]


@dataclass(frozen=True)
class Missing:
    """A run that a report asks for and that has not all the rows it needs: why, and the commands that make them."""

    run: str
    variant: str
    seed: int
    reason: str
    commands: tuple[str, ...]
    trained: bool
    conditions: dict[str, Any] = field(default_factory=dict)  # reading and training data, as `complete_run` takes them


@dataclass(frozen=True)
class Study:
    """Rows of the runs that are compared: test accuracies of variants × seeds at one preset.

    `held`: answers of the probes by cell, where who asks has them; otherwise they are read from where the rows are from.
    """

    preset: str
    seeds: tuple[int, ...]
    variants: tuple[str, ...]
    benchmarks: tuple[str, ...]
    probes: tuple[str, ...]
    confidence: float
    rows: pd.DataFrame
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
    held: dict[Any, pd.DataFrame] | None = field(default=None, repr=False)
    _right: dict[Any, pd.Series | None] = field(default_factory=dict, repr=False)

    @cached_property
    def configs(self) -> dict[str, dict[str, Any]]:
        """Settings of the runs whose folder is on this disk, by name."""
        runs = run_folders(list(self.rows["run"].unique()))
        return {name: run.config.model_dump(mode="json") for name, run in runs.items()}

    @cached_property
    def _answers(self) -> dict[Any, pd.DataFrame]:
        """Answers of the probes by cell: read when the first is asked for, as most of what a study holds."""
        if self.held is not None:
            return self.held
        return {
            key: table[["clip", "truth", "predicted"]]
            for answers in each_predictions(self.rows)
            for key, table in answers.groupby(["run", *CELL], observed=True)
        }

    @cached_property
    def _index(self) -> dict[tuple[str, int, str, str, str], Any]:
        rows: list[Any] = list(self.rows.itertuples(index=False))
        return {(row.variant, row.seed, row.benchmark, row.probe, row.factor): row for row in rows}

    def row(self, variant: str, seed: int, benchmark: str, probe: str, factor: str = LABEL) -> Any | None:
        """The row of one cell as a named tuple, or None where it was not run."""
        return self._index.get((variant, seed, benchmark, probe, factor))

    def rows_of(self, variant: str, benchmark: str, probe: str, factor: str = LABEL) -> list[Any]:
        """The rows of all seeds that have one."""
        found = (self.row(variant, seed, benchmark, probe, factor) for seed in self.seeds)
        return [row for row in found if row is not None]

    def answers(self, row: Any) -> pd.Series | None:
        """Whether each test clip was answered rightly, by clip, or None where answers were not kept."""
        key = (row.run, row.benchmark, row.probe, row.factor, row.encoder)
        if key not in self._right:
            self._right[key] = self._right_or_wrong(row, self._answers.get(key))
        return self._right[key]

    def _right_or_wrong(self, row: Any, table: pd.DataFrame | None) -> pd.Series | None:
        if table is None:
            return None
        right = pd.Series(
            (table["truth"] == table["predicted"]).to_numpy(), index=table["clip"].to_numpy()
        ).sort_index()
        if len(right) != row.n or abs(right.mean() - row.value) > 1e-9:
            raise WorkbenchError(
                f"The answers of {row.run} ({row.benchmark}, {row.probe}, {row.factor}) give {right.mean():.4f} of {len(right)} clips, "
                f"its row {row.value:.4f} of {row.n}. Probe it anew with `workbench probe {row.run} --again`."
            )
        return right

    @property
    def factors(self) -> list[str]:
        """Factors other than the label that were read."""
        return [name for name in self.rows["factor"].unique() if name != LABEL]

    @cached_property
    def key(self) -> str:
        """Content key of the rows: equal rows give an equal key."""
        text = self.rows.drop(columns="source").sort_values(["run", *CELL]).to_csv(index=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


NO_STUDY = Study("", (), (), (), (), 0.95, empty_rows())


def gather(parameters: Any) -> Study:
    """The study that a report's parameters ask for, from all rows there are.

    Of a report in both readings it holds the rows as described, and names the missing runs and the notes of both. A report
    that does not rest on result rows has an empty study.
    """
    found = list(studies(parameters).values())
    if not found:
        return NO_STUDY
    missing = [run for study in found for run in study.missing]
    notes = dict.fromkeys(note for study in found for note in study.notes)
    return replace(found[0], missing=tuple(missing), notes=tuple(notes))


def studies(parameters: Any) -> dict[str, Study]:
    """The study of each reading that a report's parameters ask for, by its name; rows are read once.

    A reading that none of the variants has is left out; a run that is in both studies is missing once.
    """
    asked = parameters.studies()
    results = load_results(parameters.preset, parameters.source) if asked else None
    found: dict[str, Study] = {}
    named: set[str] = set()
    for one in asked:
        assert results is not None
        if found and not any(one.reading in VARIANTS[name].readings for name in one.variants):
            continue
        study = study_of(one, results)
        found[one.reading] = replace(study, missing=tuple(run for run in study.missing if run.run not in named))
        named |= {run.run for run in study.missing}
    return found


def study_of(parameters: Any, results: Results) -> Study:
    """The study of one reading that parameters ask for, from `results`."""
    check_benchmarks(parameters.benchmarks, results.rows["benchmark"].unique())
    configs = {
        run_name(config): config
        for variant, seed in product(parameters.variants, parameters.seeds)
        if (config := _config(parameters, variant, seed))
    }
    every = results.rows
    wanted = every[
        every["run"].isin(list(configs))
        & every["benchmark"].isin(parameters.benchmarks)
        & every["probe"].isin(parameters.probes)
        & (every["split"] == "test")
        & (every["metric"] == "accuracy")
    ]
    own = pd.Series({name: config.probe.encoder for name, config in configs.items()}, dtype=object)
    wanted = _ordered(wanted[wanted["encoder"] == wanted["run"].map(own)], parameters)
    cells = parameters.cells
    lacking = [missing for name, config in configs.items() if (missing := _missing(name, config, cells, wanted))]
    return Study(
        preset=parameters.preset,
        seeds=tuple(parameters.seeds),
        variants=tuple(parameters.variants),
        benchmarks=tuple(parameters.benchmarks),
        probes=tuple(parameters.probes),
        confidence=parameters.confidence,
        rows=wanted,
        missing=tuple(lacking),
        notes=(*results.notes, *_notes(wanted, every, configs)),
    )


def check_benchmarks(names: Sequence[str], seen: Iterable[str]) -> None:
    """Raise for a name that is no benchmark and of which there are no rows (`seen`)."""
    unseen = sorted(set(names) - set(seen))
    if unseen:
        from workbench.data.benchmarks import BENCHMARKS  # renders with torch, so only where it is needed

        for name in unseen:
            if name not in BENCHMARKS:
                raise UnknownName("benchmark with results", name, {*BENCHMARKS, *seen})


def _config(parameters: Any, variant: str, seed: int) -> Config:
    """Settings of a run that is asked for; a variant without the reading asked for is taken as described."""
    reading: Reading = parameters.reading if parameters.reading in VARIANTS[variant].readings else "as_described"
    data = None if parameters.regime == "single" else parameters.regime
    return build_config(variant, parameters.preset, seed, reading=reading, data=data)


def _ordered(rows: pd.DataFrame, parameters: Any) -> pd.DataFrame:
    """Rows in the order in which the parameters name variants, seeds, benchmarks and probes."""
    orders = {
        "variant": parameters.variants,
        "seed": parameters.seeds,
        "benchmark": parameters.benchmarks,
        "probe": parameters.probes,
    }
    places = pd.DataFrame({name: rows[name].map(list(order).index) for name, order in orders.items()}, index=rows.index)
    return rows.loc[places.sort_values(list(orders), kind="stable").index].reset_index(drop=True)


def _missing(name: str, config: Config, cells: list[tuple[str, str]], rows: pd.DataFrame) -> Missing | None:
    """What the run lacks, or None."""
    mine = rows[(rows["run"] == name) & (rows["factor"] == LABEL)]
    there = set(zip(mine["benchmark"], mine["probe"], strict=True))
    lacking = [cell for cell in cells if cell not in there]
    if not lacking:
        return None
    usual = set(product(config.probe.benchmarks, config.probe.probes))
    extra = [cell for cell in lacking if cell not in usual]
    reason, trained = _state(name, config)
    if trained:
        names = dict.fromkeys(benchmark for benchmark, _ in lacking)
        what = "; ".join(f"{name} ({', '.join(p for b, p in lacking if b == name)})" for name in names)
        reason = f"{reason}, not probed: {what}" if there else f"{reason}, not probed"
    commands = [] if trained else [train_command(config)]
    if trained and len(extra) < len(lacking):
        commands.append(f"workbench probe {name}")
    if extra:
        benchmarks = "".join(f" --benchmark {b}" for b in dict.fromkeys(b for b, _ in extra))
        probes = "".join(f" --probe {p}" for p in dict.fromkeys(p for _, p in extra))
        commands.append(f"workbench probe {name}{benchmarks}{probes}")
    conditions = {"reading": config.reading, "data": trained_on(config)}
    return Missing(name, config.variant, config.seed, reason, tuple(commands), trained, conditions)


def _state(name: str, config: Config) -> tuple[str, bool]:
    try:
        info = Run.open(name).info
    except UnknownName:
        return "not trained", False
    except WorkbenchError as error:
        return f"unreadable: {error}", False
    if info["status"] == "finished":
        return "trained", True
    if info["status"] == "failed":
        return f"failed: {info.get('message', 'no reason recorded')}", False
    return f"training stopped at step {info['step']} of {config.optim.steps}", False


def _notes(rows: pd.DataFrame, every: pd.DataFrame, configs: dict[str, Config]) -> list[str]:
    """Runs left out because their settings were changed by hand, and runs whose preset has changed since."""
    notes = []
    keys = dict(zip(rows["run"], rows["config_key"], strict=True))
    if stale := [name for name, key in keys.items() if key != configs[name].key()]:
        notes.append(f"Made with other settings than the preset has now: {', '.join(stale)}.")
    asked = {(config.variant, config.seed, config.reading) for config in configs.values()}
    which = list(zip(every["variant"], every["seed"], every["reading"], strict=True))
    others = every[pd.Series([one in asked for one in which], index=every.index, dtype=bool)]
    sources = {config.data.source for config in configs.values()}
    others = others[others["regime"].isin(sources)]
    names = sorted(set(others["run"]) - set(configs))
    if names:
        notes.append(f"Left out, because settings were changed by hand or by recipe: {', '.join(names)}.")
    return notes


def run_folders(names: Sequence[Any]) -> dict[str, Run]:
    """Those of the named runs that are on this disk and readable."""
    found = {}
    for run in list_runs():
        if run.name in names:
            try:
                run.check_format()
            except WorkbenchError:
                continue
            found[run.name] = run
    return found


def correct_matrix(study: Study, rows: Sequence[Any]) -> np.ndarray | None:
    """Right and wrong answers (seeds, clips) of `rows`; None where answers are lacking or of different clips."""
    series = [study.answers(row) for row in rows]
    if not series or any(one is None for one in series) or len({row.data_key for row in rows}) > 1:
        return None
    kept = [one for one in series if one is not None]
    if any(not one.index.equals(kept[0].index) for one in kept[1:]):
        return None
    return np.stack([one.to_numpy() for one in kept])
