"""Reading a claims file: every mistake in it is named with file, line and key, and an unknown name lists the known ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import yaml
from pydantic import ValidationError

from workbench.config import Section
from workbench.errors import UnknownName, WorkbenchError
from workbench.ledger.model import EVERYBODY, OPERATORS, Claim, ClaimsFile, IntervalTest, Other, RankTest, Test
from workbench.paths import claims_file, published_root
from workbench.presets import PRESETS
from workbench.published import REGIMES as STUDIED
from workbench.published import read
from workbench.report.parameters import USUAL_PROBES
from workbench.rows import load_rows
from workbench.variants import REGIMES, VARIANTS
from workbench.yaml_values import Place, read_with_lines

AUDITS = ("gradient", "movement", "weights in effect", "collapse", "control", "spread")


def load_claims(path: str | Path | None = None) -> ClaimsFile:
    """The claims of a file; by default those of the study, whose ids, texts and variants have to be those restated in
    `reports/published/claims.yaml`. Raises with file, line and key where something in it is wrong."""
    where = Path(path) if path is not None else claims_file()
    if not where.is_file():
        raise WorkbenchError(f"{where} is not there. Give a claims file; docs/claims.md describes its form.")
    try:
        values, lines = read_with_lines(where.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise WorkbenchError(f"{where}{at}: this is not YAML: {error.problem or error.context}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WorkbenchError(f"{where} cannot be read as YAML: {error}") from None
    if not isinstance(values, dict):
        raise WorkbenchError(f"{where}, line 1: a claims file has the keys {', '.join(ClaimsFile.model_fields)}.")
    try:
        file = ClaimsFile.model_validate_json(json.dumps(values))
    except ValidationError as error:
        problems = dict.fromkeys(_problem(where, item, values, lines) for item in error.errors())
        raise WorkbenchError("\n".join(problems)) from None
    if problems := dict.fromkeys(f"{where}, {_at(place, lines)}: {said}" for place, said in _unknown(file)):
        raise WorkbenchError("\n".join(problems))
    if path is None:
        _agrees_with_published(file, where)
    return file


def _problem(where: Path, item: Any, values: Any, lines: dict[Place, int]) -> str:
    place, model = _place(item["loc"], values), _model(item["loc"])
    kind, said = item["type"], str(item["msg"]).removeprefix("Value error, ")
    if kind == "union_tag_invalid":
        place, said = (*place, "operator"), str(UnknownName("operator", item["ctx"]["tag"], OPERATORS))
    elif kind == "union_tag_not_found":
        said = f"a test needs the key 'operator': one of {', '.join(OPERATORS)}"
    elif kind == "extra_forbidden":
        said = str(UnknownName("key", item["loc"][-1], model.model_fields))
    elif kind == "missing":
        said = f"the key '{item['loc'][-1]}' is missing"
    elif kind == "too_short" and item["loc"] == ("claims",):
        said = "the list of claims is empty"
    elif kind != "value_error":
        said = f"{said} (given: {item['input']!r})"
    return f"{where}, {_at(place, lines)}: {said}"


def _place(location: tuple[int | str, ...], values: Any) -> Place:
    """The part of a location that is in the file: pydantic's also names the branches of unions."""
    place: list[int | str] = []
    for part in location:
        there = isinstance(values, dict) and part in values
        if there or (isinstance(values, list) and isinstance(part, int) and part < len(values)):
            place.append(part)
            values = values[part]
    return tuple(place)


def _model(location: tuple[int | str, ...]) -> type[Section]:
    """The model that a location is in."""
    if "evidence" in location:
        return get_args(Claim.model_fields["evidence"].annotation)[0]
    if "Other" in location:
        return Other
    for part in reversed(location[:-1]):
        if part in OPERATORS:
            return OPERATORS[str(part)]
        if part == "stands_for":
            return type(ClaimsFile.model_fields["stands_for"].default)
    return Claim if "claims" in location[:-1] else ClaimsFile


def _at(place: Place, lines: dict[Place, int]) -> str:
    line = next(lines[place[:size]] for size in range(len(place), -1, -1) if place[:size] in lines)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
    return f"line {line}" + (f", {key}" if key else "")


def _unknown(file: ClaimsFile) -> Iterator[tuple[Place, str]]:
    """Names that nothing has, and ids that two claims share."""
    known = _Known()
    if file.preset not in PRESETS:
        yield ("preset",), str(UnknownName("preset", file.preset, PRESETS))
    for family, names in file.families.items():
        if family in VARIANTS or family == EVERYBODY:
            yield (
                ("families", family),
                f"'{family}' is the name of a variant, or means all. Give the family another name.",
            )
        yield from (
            (("families", family), str(UnknownName("variant", n, VARIANTS))) for n in names if n not in VARIANTS
        )
    yield from _unknown_in_head(file, known)
    counts = Counter(str(claim.id) for claim in file.claims)
    for i, claim in enumerate(file.claims):
        at: Place = ("claims", i)
        if counts[str(claim.id)] > 1:
            yield (
                (*at, "id"),
                f"the id '{claim.id}' is given to {counts[str(claim.id)]} claims. Give each one of its own.",
            )
        for name in claim.audits:
            if name not in AUDITS:
                yield (*at, "audits"), str(UnknownName("audit", name, AUDITS))
        yield from (((*at, "about"), said) for said in _variants(file, claim.about))
        for k, piece in enumerate(claim.evidence):
            yield from (((*at, "evidence", k, "variants"), said) for said in _variants(file, piece.variants))
        for side, tests in (("published", claim.published), ("controlled", claim.controlled)):
            for k, test in enumerate(tests):
                yield from _unknown_in_test(file, test, (*at, side, k), known, published=side == "published")


def _unknown_in_head(file: ClaimsFile, known: _Known) -> Iterator[tuple[Place, str]]:
    for theirs, ours in file.stands_for.benchmarks.items():
        if theirs not in known.published:
            yield ("stands_for", "benchmarks", theirs), str(UnknownName("published benchmark", theirs, known.published))
        if ours not in known.ours(ours):
            yield ("stands_for", "benchmarks", theirs), str(UnknownName("benchmark", ours, known.ours(ours)))
    for benchmark, probe in file.probes.items():
        if benchmark not in known.ours(benchmark):
            yield ("probes", benchmark), str(UnknownName("benchmark", benchmark, known.ours(benchmark)))
        yield from ((("probes", benchmark), said) for said in _probe(probe))


def _probe(name: str) -> Iterator[str]:
    if name not in USUAL_PROBES:
        from workbench.probes.views import probe_and_views  # imports torch, so only where it is needed

        try:
            probe_and_views(name)
        except WorkbenchError as error:
            yield str(error)


def _unknown_in_test(
    file: ClaimsFile, test: Test, at: Place, names: _Known, published: bool
) -> Iterator[tuple[Place, str]]:
    for key in ("variants", "leave_out", "among"):
        yield from (((*at, key), said) for said in _variants(file, getattr(test, key, [])))
    bounds = [(key, getattr(test, key)) for key in ("above", "below")] if isinstance(test, IntervalTest) else []
    single = [("control", test.control)]
    single += [(key, bound.value_of or bound.spread_of) for key, bound in bounds if isinstance(bound, Other)]
    for key, name in single:
        if name is not None and name not in VARIANTS:
            yield (*at, key), str(UnknownName("variant", name, VARIANTS))
    for name in test.benchmarks:
        known = names.published if published else names.ours(name)
        if name not in known:
            key = (
                "benchmarks"
                if "benchmarks" in type(test).model_fields
                else "x"
                if name == getattr(test, "x", "")
                else "y"
            )
            yield (*at, key), str(UnknownName("published benchmark" if published else "benchmark", name, known))
    regimes = set(STUDIED) if published else names.regimes(test.regime)
    if test.regime not in regimes:
        yield (*at, "regime"), str(UnknownName("published regime" if published else "regime", test.regime, regimes))
    if isinstance(test, RankTest) and published and test.control_seed == "each" and len(_seeds(test)) > 1:
        yield at, "a rank over published rows needs control_seed where the control has several seeds"
    if test.probe is not None:
        yield from (((*at, "probe"), said) for said in _probe(test.probe))
    for name in () if published else test.benchmarks:
        factors = names.factors.get(name, {"label"})
        if test.factor not in factors and factors != {"label"}:
            yield (*at, "factor"), str(UnknownName(f"factor of {name}", test.factor, factors))
    if getattr(test, "states", None) is not None and not published:
        yield (*at, "states"), "a stated number is of the study: states belongs to tests under published"


def _seeds(test: Test) -> set[int]:
    table = read("results.csv")
    mine = table[(table["regime"] == test.regime) & (table["variant"] == (test.control or "baseline"))]
    return set(mine["pretrain_seed"])


def _variants(file: ClaimsFile, names: list[str]) -> Iterator[str]:
    for name in names:
        if name != EVERYBODY and name not in file.families and name not in VARIANTS:
            yield str(UnknownName("variant or family", name, [EVERYBODY, *file.families, *VARIANTS]))


class _Known:
    """Benchmarks and regimes that a test may name: those that this package makes, and those of which there are rows."""

    def __init__(self) -> None:
        from workbench.data.benchmarks import BENCHMARKS

        self.published = set(read("results.csv")["benchmark"])
        self.made = {name for name, entry in BENCHMARKS.items() if not entry.regime}
        self.factors = {name: set(entry.factors) for name, entry in BENCHMARKS.items()}

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return load_rows()

    def ours(self, name: str) -> set[str]:
        """Benchmarks of ours; rows are looked at only where `name` is not one that is made here."""
        return self.made if name in self.made else self.made | set(self._rows["benchmark"])

    def regimes(self, name: str) -> set[str]:
        """Regimes of ours, likewise."""
        return set(REGIMES) if name in REGIMES else {*REGIMES, *self._rows["regime"]}


def _agrees_with_published(file: ClaimsFile, where: Path) -> None:
    """The shipped tests are of the claims that the synthesis paper makes: same ids, words and variants."""
    there = yaml.safe_load((published_root() / "claims.yaml").read_text(encoding="utf-8"))
    study = {entry["id"]: (entry["claim"], entry["about"]) for entry in there}
    ours = {claim.id: (claim.claim, claim.about) for claim in file.claims}
    if study == ours:
        return
    if set(study) != set(ours):
        raise WorkbenchError(f"{where} has the claims {sorted(map(str, ours))}, the study {sorted(map(str, study))}.")
    changed = [str(key) for key in study if study[key] != ours[key]]
    raise WorkbenchError(
        f"{where}: claim {', '.join(changed)} differs from {published_root() / 'claims.yaml'} in its words or variants. "
        "Copy them from there."
    )
