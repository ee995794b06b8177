"""Runs that tests ask for and that have no rows, and the commands that make them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from workbench.ledger.model import Test
from workbench.ledger.our_rows import OurRows
from workbench.report.gather import LABEL

SWEEP = ("preset", "regime", "reading", "variants", "seeds")


def missing(rows: OurRows, tests: Iterable[Test]) -> list[dict[str, Any]]:
    """Records of runs and their command: one sweep for what is not trained in a regime, else a command a run.

    A record of a sweep also has its preset, regime, reading, variants and seeds.
    """
    found: list[dict[str, Any]] = []
    tests = list(tests)
    for regime, reading in dict.fromkeys((test.regime, test.reading) for test in tests):
        mine = [test for test in tests if (test.regime, test.reading) == (regime, reading)]
        names = {name for test in mine for name in rows.needed(test)}
        lacking = [one for one in rows.study(mine[0]).missing if one.variant in names and _lacks(rows, one, mine)]
        if untrained := [one for one in lacking if not one.trained]:
            variants = list(dict.fromkeys(one.variant for one in untrained))
            seeds = sorted({one.seed for one in untrained})
            sweep = dict(zip(SWEEP, (rows.file.preset, regime, reading, variants, seeds), strict=True))
            found.append({"runs": [one.run for one in untrained], "command": _command(sweep)} | sweep)
        found += [{"runs": [one.run], "command": " && ".join(one.commands)} for one in lacking if one.trained]
        found += _factors(rows, mine, {one.run for one in lacking})
    return found


def commands(records: Iterable[dict[str, Any]]) -> list[str]:
    """The commands of `missing` records, sweeps of the same regime and reading joined: what is there already, a sweep leaves."""
    sweeps: dict[tuple[str, ...], dict[str, Any]] = {}
    others: list[str] = []
    for one in records:
        if "variants" not in one:
            others.append(one["command"])
            continue
        key = (one["preset"], one["regime"], one["reading"])
        joined = sweeps.setdefault(key, {name: one[name] for name in SWEEP} | {"variants": [], "seeds": []})
        joined["variants"] = list(dict.fromkeys([*joined["variants"], *one["variants"]]))
        joined["seeds"] = sorted({*joined["seeds"], *one["seeds"]})
    return list(dict.fromkeys([*map(_command, sweeps.values()), *others]))


def _command(sweep: dict[str, Any]) -> str:
    words = ["workbench", "sweep", "--variants", ",".join(sweep["variants"])]
    words += ["--seeds", ",".join(map(str, sweep["seeds"])), "--preset", sweep["preset"]]
    words += [] if sweep["regime"] == "single" else ["--regime", sweep["regime"]]
    words += ["--reading", "as_published"] if sweep["reading"] == "as_published" else []
    return shlex.join(words)


def _lacks(rows: OurRows, one: Any, tests: list[Test]) -> bool:
    """Whether a run lacks a row that one of the tests is over."""
    study = rows.study(tests[0])
    return any(
        study.row(one.variant, one.seed, benchmark, rows.file.probe(test, benchmark), test.factor) is None
        for test in tests
        if one.variant in rows.needed(test)
        for benchmark in test.benchmarks
    )


def _factors(rows: OurRows, tests: list[Test], left_out: set[str]) -> list[dict[str, Any]]:
    """Runs that are there and of which a factor other than the label was not read."""
    found = []
    for test in (one for one in tests if one.factor != LABEL):
        study = rows.study(test)
        runs: list[Any] = list(study.rows.drop_duplicates("run").itertuples(index=False))
        for row in (one for one in runs if one.run not in left_out and one.variant in rows.needed(test)):
            for benchmark in test.benchmarks:
                probe = rows.file.probe(test, benchmark)
                if study.row(row.variant, row.seed, benchmark, probe, test.factor) is None:
                    words = ["workbench", "probe", row.run, "--benchmark", benchmark, "--probe", probe]
                    found.append({"runs": [row.run], "command": shlex.join([*words, "--factor", test.factor])})
    return found
