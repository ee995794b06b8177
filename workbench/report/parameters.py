"""The reports that there are, and their parameters: typed, named in every error, checked again in the notebook."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from workbench.config import ProbeSettings, Reading, Section
from workbench.errors import WorkbenchError
from workbench.presets import PRESETS
from workbench.registry import Registry
from workbench.variants import VARIANTS, studied

if TYPE_CHECKING:
    from workbench.report.gather import Missing

Format = Literal["csv", "parquet", "markdown", "latex"]
FORMATS: tuple[Format, ...] = get_args(Format)
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks" / "reports"
USUAL_PROBES: tuple[str, ...] = ProbeSettings.model_fields["probes"].default
USUAL_BENCHMARKS: tuple[str, ...] = ProbeSettings.model_fields["benchmarks"].default


class MainParameters(Section):
    """What the main report is made of."""

    preset: str = Field("standard", description="size of the runs that are compared")
    seeds: list[int] = Field([0, 1, 2], min_length=1, description="seeds of the runs that are compared")
    variants: list[str] = Field(
        ["random", "baseline", "ld", "fwm"],
        min_length=1,
        description='rows of the tables; ["study"]: all that the study ran in the regime',
    )
    regime: str = Field("single", description="what the runs were trained on: single, mixed, or a data set's name")
    reading: Reading = Field("as_described", description="of variants that have two; the others are as described")
    benchmarks: list[str] = Field(list(USUAL_BENCHMARKS), min_length=1, description="data sets that were probed")
    probes: list[str] = Field(list(USUAL_PROBES), min_length=1, description="how the encoders were read")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="of every interval")
    source: Literal["all", "runs", "measured"] = Field(
        "all", description='from checkpoints/ ("runs"), from reports/measured/ ("measured"), or both'
    )
    formats: list[Format] = Field(list(FORMATS), description="files written beside the page")

    @model_validator(mode="before")
    @classmethod
    def _study(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("variants") == ["study"]:
            return values | {"variants": studied(values.get("regime", "single"))}
        return values

    @field_validator("seeds", "variants", "benchmarks", "probes", "formats")
    @classmethod
    def _once(cls, values: list[Any]) -> list[Any]:
        if len(set(values)) < len(values):
            raise ValueError("an entry is given twice")
        return values

    @model_validator(mode="after")
    def _known(self) -> MainParameters:
        PRESETS[self.preset]
        for name in self.variants:
            VARIANTS[name]
        for name in self.probes:
            if name not in USUAL_PROBES:
                from workbench.probes.views import probe_and_views  # imports torch, so only where it is needed

                probe_and_views(name)
        if min(self.seeds) < 0:
            raise ValueError("a seed is 0 or above")
        return self


@dataclass(frozen=True)
class Report:
    """One report: its title, its notebook, its parameters, the most that a cell may take, and the runs that it lacks."""

    title: str
    notebook: Path
    parameters: type[Section]
    cell_seconds: int = 600
    missing: Callable[[Any], tuple[Missing, ...]] | None = None


def _missing_of_study(parameters: Any) -> tuple[Missing, ...]:
    from workbench.report.gather import gather  # reads rows, so only where it is asked

    return gather(parameters).missing


REPORTS: Registry[Report] = Registry("report")
REPORTS.add(
    "main",
    Report("Main results", NOTEBOOKS / "main_results.ipynb", MainParameters, missing=_missing_of_study),
)


def make_parameters(name: str, values: Mapping[str, Any]) -> Any:
    """Parameters of report `name` from Python values; an unknown or ill-typed one raises and lists the known ones."""
    return _build(name, values, strict=True)


def parse_parameters(name: str, assignments: Sequence[str]) -> Any:
    """Parameters of report `name` from `name=value` texts, the value in YAML: `seeds=[0,1]`.

    The parameter's type decides what a value becomes: `preset=007` stays text.
    """
    return text_parameters(name, assigned(name, assignments))


def assigned(name: str, assignments: Sequence[str]) -> dict[str, Any]:
    """`name=value` texts as values by name, every one text, a list or a mapping of texts."""
    values: dict[str, Any] = {}
    for text in assignments:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise WorkbenchError(
                f"'{text}' is not a parameter. Write name=value, for example seeds=[0,1]. {listing(name)}"
            )
        if key in values:
            raise WorkbenchError(f"The parameter '{key}' is given twice.")
        try:
            values[key] = yaml.load(value, Loader=yaml.BaseLoader)  # makes texts, lists and mappings only
        except yaml.YAMLError as error:
            raise WorkbenchError(f"The value in '{text}' is not YAML: {error}") from None
    return values


def text_parameters(name: str, values: Mapping[str, Any]) -> Any:
    """Parameters of report `name` from values of which every one is text, a list or a mapping of texts, as YAML's base loader reads them."""
    return _build(name, values, strict=False)


def namespace_parameters(name: str, namespace: Mapping[str, Any]) -> Any:
    """Parameters of report `name` from a notebook's variables: all that hold plain values, so a misspelt one fails too.

    A variable that is None stands for the parameter's default.
    """
    jupyter = {"In", "Out", "exit", "quit", "get_ipython", "open"}
    plain = (str, bool, int, float, list, tuple, dict)
    values = {k: v for k, v in namespace.items() if not k.startswith("_") and k not in jupyter and isinstance(v, plain)}
    return make_parameters(name, values)


def changed(parameters: Section) -> dict[str, Any]:
    """The parameters that differ from their defaults."""
    usual = type(parameters)().model_dump()
    return {key: value for key, value in parameters.model_dump().items() if value != usual[key]}


def command(name: str, parameters: Section) -> str:
    """The command that makes report `name` with these parameters."""
    options = [f" -p '{key}={_yaml(value)}'" for key, value in changed(parameters).items()]
    return f"workbench report {name}{''.join(options)}"


def listing(name: str) -> str:
    """The known parameters of report `name` with types, defaults and meanings, a line each."""
    lines = [f"  {key} ({what}) = {usual}: {meaning}" for key, what, usual, meaning in described(name)]
    return "\n".join(["Known parameters:", *lines])


def described(name: str) -> list[tuple[str, str, str, str]]:
    """Name, type in words, default and meaning of every parameter of report `name`."""
    fields = REPORTS[name].parameters.model_fields
    return [(key, _words(f.annotation), _yaml(f.default), f.description or "") for key, f in fields.items()]


def _build(name: str, values: Mapping[str, Any], strict: bool) -> Any:
    model = REPORTS[name].parameters
    for key in values:
        if key not in model.model_fields:
            close = get_close_matches(key, model.model_fields, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            raise WorkbenchError(f"Unknown parameter '{key}' of report '{name}'.{hint} {listing(name)}")
    try:
        return model.model_validate(dict(values), strict=strict)
    except ValidationError as error:
        problems = [_problem(item) for item in error.errors()]
        raise WorkbenchError(f"Invalid parameters of report '{name}'. {' '.join(problems)} {listing(name)}") from None


def _problem(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"]) or "together"
    return f"{where}: {item['msg']} (given: {item['input']!r})." if item["loc"] else f"{item['msg']}."


def _yaml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ",".join(_yaml(item) for item in value) + "]"
    return str(value)


def _words(annotation: Any) -> str:
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    if annotation in names:
        return names[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " | ".join(str(a) for a in arguments)
    if origin is list:
        inner = _words(arguments[0])
        return f"list of {inner}" + ("s" if inner in ("whole number", "number", "text") else "")
    if origin is types.UnionType:
        return " or ".join(_words(a) for a in arguments if a is not type(None))
    return getattr(annotation, "__name__", str(annotation))
