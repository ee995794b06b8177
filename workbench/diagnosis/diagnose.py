"""Diagnosing a frozen encoder: every part on every benchmark, each kept as soon as it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.data.benchmarks import BENCHMARKS
from workbench.diagnosis.diagnosis import Diagnosis, join
from workbench.diagnosis.parts import PARTS, Subject
from workbench.encoders import FrozenEncoder, open_encoder
from workbench.errors import WorkbenchError
from workbench.files import content_key, whole_folder
from workbench.progress import progress_bar

if TYPE_CHECKING:
    Names = Sequence[str] | None

VERSION = 1
NUMBERS = ("value", "low", "high")


def diagnose(
    *encoders: FrozenEncoder | str,
    benchmarks: Names = None,
    parts: Names = None,
    seed: int = 0,
    again: bool = False,
    show: bool = True,
) -> Diagnosis:
    """What frozen encoders know of appearance and motion, from which block, whether they use time, and whether they have collapsed.

    `encoders` are open, or names that `open_encoder` takes; several stand below each other. `benchmarks`: by default, of those in its settings that have the
    factors that a part needs, the first; whether time is used is asked of all. `parts`: entries of PARTS, by default all.
    Every table has the columns encoder, benchmark and audit (what the run's audits say), one number a row with value, low, high (95 %), n and note, and beside
    it the same number of the untrained twin (`random_encoder`): the same architecture with weights drawn anew. Choices are
    made on validation clips, numbers told of test clips: of the first 2,000, 1,000 and 1,500 clips of train, val and test at
    most, and of no more labelled clips than the probes' budget.

    What is there already is read from the store (RUN/diagnosis, or cache/diagnosis for an encoder without a run) unless
    `again`; an interrupted call goes on where it stopped. Raises where nothing is left to measure.
    """
    if not encoders:
        raise WorkbenchError("Name at least one encoder to diagnose.")
    return join([_diagnose(open_encoder(one), benchmarks, parts, seed, again, show) for one in encoders])


def _diagnose(opened: FrozenEncoder, benchmarks: Names, parts: Names, seed: int, again: bool, show: bool) -> Diagnosis:
    twin = _twin(opened, seed)
    cells = list(_cells(opened, benchmarks, parts))
    if not cells:
        raise WorkbenchError(
            f"There is nothing to measure: none of the benchmarks has the factors that {', '.join(parts or PARTS)} needs. "
            f"Benchmarks with factors of motion: {', '.join(n for n, b in BENCHMARKS.items() if b.groups['motion'])}."
        )
    found: list[dict[str, pd.DataFrame]] = []
    with progress_bar(f"diagnose {opened.name}", len(cells), 0, show) as report:
        for done, (name, benchmark) in enumerate(cells):
            report(done, f"{name} on {benchmark}")
            found.append(_stored(name, benchmark, opened, twin, seed, again))
        report(len(cells), "done")
    tables = {name: [one[name] for one in found if name in one] for _, part in PARTS.items() for name in part.tables}
    return Diagnosis(opened.name, {name: pd.concat(each, ignore_index=True) for name, each in tables.items() if each})


def stored(*encoders: FrozenEncoder | str, benchmarks: Names = None, parts: Names = None, seed: int = 0) -> Diagnosis:
    """What `diagnose` would give, as far as it is in the store already; nothing is measured. A mapping without tables where nothing is."""
    found = []
    for opened in map(open_encoder, encoders):
        twin = _twin(opened, seed)
        for name, benchmark in _cells(opened, benchmarks, parts):
            if (folder := _folder(name, benchmark, opened, twin, seed)).is_dir():
                tables = {key: _named(table, opened, benchmark) for key, table in _read(folder, PARTS[name].tables)}
                found.append(Diagnosis(opened.name, tables))
    return join(found)


def _twin(opened: FrozenEncoder, seed: int) -> FrozenEncoder:
    """The untrained encoder that it is held against: of a random encoder another draw."""
    drawn = (opened.untrained(one) for one in count(seed))
    return next(one for one in drawn if not same_weights(one, opened))


def same_weights(a: FrozenEncoder, b: FrozenEncoder) -> bool:
    """Whether two encoders have the same weights, though one may be of a run, whose key is that of its file."""
    from workbench.encoders.of_run import OwnEncoder, weights_key

    if isinstance(a, OwnEncoder) and isinstance(b, OwnEncoder):
        return weights_key(a.module) == weights_key(b.module)
    return a.key == b.key


def _cells(encoder: FrozenEncoder, benchmarks: Names, parts: Names) -> Iterator[tuple[str, str]]:
    """Part and benchmark, in the order of the parts."""
    for name in parts or PARTS:
        part = PARTS[name]
        fitting = [one for one in benchmarks or encoder.config.probe.benchmarks if part.takes(one)]
        for benchmark in fitting if benchmarks or part.every else fitting[:1]:
            yield name, benchmark


def _stored(
    name: str, benchmark: str, encoder: FrozenEncoder, twin: FrozenEncoder, seed: int, again: bool
) -> dict[str, pd.DataFrame]:
    """Tables of one part on one benchmark, each number with the twin's beside it; made first where the store lacks them."""
    folder = _folder(name, benchmark, encoder, twin, seed)
    if again or not folder.is_dir():
        tables = _measured(name, benchmark, encoder, twin, seed)
        if PARTS[name].twin:
            theirs = _of_twin(name, benchmark, twin, seed)
            tables = {key: beside(table, theirs[key]) for key, table in tables.items()}
        _write(folder, tables)
    return {key: _named(table, encoder, benchmark) for key, table in _read(folder, PARTS[name].tables)}


def _of_twin(name: str, benchmark: str, twin: FrozenEncoder, seed: int) -> dict[str, pd.DataFrame]:
    """Tables of the twin alone, measured once for all encoders that have it."""
    folder = _folder(f"alone-{name}", benchmark, twin, twin, seed)
    if not folder.is_dir():
        _write(folder, _measured(name, benchmark, twin, twin, seed))
    return dict(_read(folder, PARTS[name].tables))


def _measured(
    name: str, benchmark: str, encoder: FrozenEncoder, twin: FrozenEncoder, seed: int
) -> Mapping[str, pd.DataFrame]:
    subject, other = (Subject(one, benchmark, seed, show=False) for one in (encoder, twin))
    return PARTS[name].of(subject, other)


def beside(table: pd.DataFrame, twin: pd.DataFrame) -> pd.DataFrame:
    """`table` with the column `random_encoder`: the value of the row of `twin` that is of the same thing, where there is one."""
    value = "eigenvalue" if "eigenvalue" in table else "value"
    of = [c for c in table if c in twin and c not in (value, *NUMBERS, *_BESIDE) and table[c].dtype.kind != "f"]
    theirs = twin[[*of, value]].rename(columns={value: "random_encoder"}).drop_duplicates(of)
    merged = table.merge(theirs, how="left", on=of, validate="many_to_one")
    return merged[[c for c in merged if c != "note"] + (["note"] if "note" in merged else [])]


_BESIDE = ("n", "note", "choice", "method", "source", "good", "share", "penalty")


def _named(table: pd.DataFrame, encoder: FrozenEncoder, benchmark: str) -> pd.DataFrame:
    numbers = [name for name in table if table[name].dtype.kind == "f"]
    table = table.astype({name: "Float64" for name in numbers})  # what is not there is missing, never NaN
    for column, words in (("audit", _audit(encoder)), ("benchmark", benchmark), ("encoder", encoder.name)):
        table.insert(0, column, words)
    return table


def _audit(encoder: FrozenEncoder) -> str:
    from workbench.audit import NOT_AUDITED, audit_mark
    from workbench.encoders.of_run import RunEncoder

    return audit_mark(encoder.run, encoder.which) if isinstance(encoder, RunEncoder) else NOT_AUDITED


def _folder(name: str, benchmark: str, encoder: FrozenEncoder, twin: FrozenEncoder, seed: int) -> Path:
    """Where the tables of a part lie, by the content of all that they depend on."""
    from workbench.data.clips import load_clips

    clips = load_clips(encoder.config.data, "test", source=benchmark, progress=False)
    budget = encoder.config.probe.model_dump_json()
    key = content_key(VERSION, encoder.key, twin.key, clips.key, budget, seed, length=16)
    return _store(encoder) / f"{name}-{benchmark}-{key}"


def _store(encoder: FrozenEncoder) -> Path:
    features, word = encoder.store()
    return features.parent / "diagnosis" / word


def _write(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    with whole_folder(folder) as temporary:
        for name, table in tables.items():
            table.to_parquet(temporary / f"{name}.parquet", index=False, compression="zstd")


def _read(folder: Path, tables: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    for name in tables:
        try:
            yield name, pd.read_parquet(folder / f"{name}.parquet")
        except Exception as error:
            raise WorkbenchError(f"{folder} cannot be read ({error}). Delete it and repeat the command.") from None
