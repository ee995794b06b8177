"""The reports that there are, and their parameters: typed, named in every error, checked again in the notebook."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import yaml
from pydantic import ValidationError

from workbench.config import Section
from workbench.errors import WorkbenchError
from workbench.paths import shipped
from workbench.registry import Registry
from workbench.report.models import (
    FORMATS,
    USUAL_BENCHMARKS,
    USUAL_PROBES,
    AblationParameters,
    AllRunsParameters,
    Format,
    GatesParameters,
    KeptParameters,
    KinematicParameters,
    MainParameters,
    MixedParameters,
    ProbesParameters,
    QualityParameters,
    ReportParameters,
    ResultsParameters,
    RetrievalParameters,
    StudyParameters,
    SyntheticMotionParameters,
    TradeOffParameters,
)

if TYPE_CHECKING:
    from workbench.report.gather import Missing

PLAIN = re.compile(r"\w(?:[\w.+@:/=-]*[\w+@/=])?")  # texts that YAML needs no quotes for
NOTEBOOKS = shipped("notebooks/reports")


@dataclass(frozen=True)
class Report:
    """One report: its title, its notebook, its parameters, the most that a cell may take, and the runs that it lacks."""

    title: str
    notebook: Path
    parameters: type[ReportParameters]
    cell_seconds: int = 600
    missing: Callable[[Any], tuple[Missing, ...]] | None = None


def _missing_of_study(parameters: Any) -> tuple[Missing, ...]:
    from workbench.report.gather import gather  # reads rows, so only where it is asked

    return gather(parameters).missing


REPORTS: Registry[Report] = Registry("report")


def _add(name: str, title: str, parameters: type[ReportParameters], notebook: str = "") -> None:
    """A report whose notebook has its name; one of result rows says which runs it lacks."""
    missing = _missing_of_study if issubclass(parameters, StudyParameters) else None
    REPORTS.add(name, Report(title, NOTEBOOKS / f"{notebook or name}.ipynb", parameters, missing=missing))


_add("main", "Main results", MainParameters, "main_results")
_add("ucf101", "The study's UCF-101 regime, and ours", ResultsParameters)
_add("mixed", "The study's mixed regime, and ours", MixedParameters)
_add("ablation", "What FWM, HW and LD add", AblationParameters)
_add("kinematic", "Kinematic and SIGReg runs in both readings", KinematicParameters)
_add("synthetic_motion", "The published synthetic-motion scores", SyntheticMotionParameters)
_add("probes", "Probe designs on one encoder", ProbesParameters)
_add("trade_off", "Appearance against motion", TradeOffParameters)
_add("disentanglement", "Which block knows what", KeptParameters)
_add("time_use", "Whether encoders use time", KeptParameters)
_add("quality", "Quality of the space", QualityParameters)
_add("retrieval", "Video–text retrieval", RetrievalParameters)
_add("robustness", "Retrieval under domain shift", RetrievalParameters)
_add("words", "Which words a model hears", RetrievalParameters)
_add("gates", "Gates of the benchmarks", GatesParameters)
_add("cost", "Time, memory and parameters", AllRunsParameters)
_add("audits", "Audits of all runs", AllRunsParameters)


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
            problem = getattr(error, "problem", None) or error
            raise WorkbenchError(
                f"The value in '{text}' is not YAML: {problem}. Write a number, a word or [a, list]."
            ) from None
        except RecursionError:
            raise WorkbenchError(f"The value of '{key}' is nested too deeply.") from None
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


__all__ = [
    "FORMATS",
    "NOTEBOOKS",
    "REPORTS",
    "USUAL_BENCHMARKS",
    "USUAL_PROBES",
    "Format",
    "MainParameters",
    "Report",
    "changed",
    "command",
    "described",
    "listing",
    "make_parameters",
    "namespace_parameters",
    "parse_parameters",
]


def changed(parameters: Section) -> dict[str, Any]:
    """The parameters that differ from their defaults."""
    usual = type(parameters)().model_dump()
    return {key: value for key, value in parameters.model_dump().items() if value != usual[key]}


def command(name: str, parameters: Section) -> str:
    """The command that makes report `name` with these parameters."""
    options = [f" -p {_quoted(f'{key}={_yaml(value)}')}" for key, value in changed(parameters).items()]
    return f"workbench report {name}{''.join(options)}"


def _quoted(text: str) -> str:
    """One word of a shell, whatever it holds."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


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
    said = item["msg"].removeprefix("Value error, ")
    return f"{where}: {said} (given: {item['input']!r})." if item["loc"] else f"{said}."


def _yaml(value: Any) -> str:
    """A value that the base loader reads back as it is, without quotes where it can do without them."""
    if isinstance(value, list):
        return "[" + ",".join(_yaml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_yaml(key)}: {_yaml(item)}" for key, item in value.items()) + "}"
    text = str(value)
    return text if PLAIN.fullmatch(text) else yaml.dump(text, default_style='"', width=10**9).strip()


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
