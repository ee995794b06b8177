"""What a person asks of reports on the command line: a file of parameters, `name=value`, and the reports that there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import WorkbenchError
from workbench.report.parameters import REPORTS, assigned, described, listing, text_parameters

ALL = "all"


def asked_parameters(name: str, assignments: Sequence[str] = (), file: Path | None = None) -> dict[str, Any]:
    """Validated parameters by report name: of one report, or of "all". Assignments are laid over the file.

    Of "all", each report takes the parameters that it has; one that no report has raises. A mistake in the file is named with
    the file, the line and the key.
    """
    names = list(REPORTS) if name == ALL else [name]
    for one in names:
        REPORTS[one]  # an unknown report is said before its parameters
    values, lines = _read(file) if file else ({}, {})
    given = assigned(names[0], assignments)
    known = {key for one in names for key in REPORTS[one].parameters.model_fields}
    for key in [*values, *given]:
        if key not in known:
            where = f"{file}, line {lines[key]}: " if key in values else ""
            if name != ALL:
                try:
                    text_parameters(name, {key: ""})
                except WorkbenchError as error:
                    raise WorkbenchError(f"{where}{error}") from None
            raise WorkbenchError(f"{where}No report has a parameter '{key}'. {listings()}")
    found = {}
    for one in names:
        fields = REPORTS[one].parameters.model_fields
        mine, typed = (_of(part, fields) for part in (values, given))
        try:
            found[one] = text_parameters(one, mine | typed)
        except WorkbenchError as error:
            raise WorkbenchError(_where(one, file, mine, typed, lines) + str(error)) from None
    return found


def listings() -> str:
    """Every report with its typed parameters."""
    return "\n\n".join(f"{name}: {entry.title}\n{listing(name)}" for name, entry in REPORTS.items())


def listed_parameters(name: str) -> list[dict[str, str]]:
    """The parameters of a report (or of "all") as rows: report, parameter, type, default, meaning."""
    names = list(REPORTS) if name == ALL else [name]
    columns = ("parameter", "type", "default", "meaning")
    return [{"report": one} | dict(zip(columns, row, strict=True)) for one in names for row in described(one)]


def _of(values: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in fields}


def _where(
    name: str, file: Path | None, mine: Mapping[str, Any], typed: Mapping[str, Any], lines: Mapping[str, int]
) -> str:
    """The place of the mistake in the file: of the one key that is wrong by itself, else the file; nothing where it is not in it."""
    wrong = [key for key in mine if key not in typed and not _valid(name, {key: mine[key]})]
    if wrong:
        return f"{file}, line {lines[wrong[0]]}, '{wrong[0]}': "
    return f"{file}: " if mine and not _valid(name, mine) else ""


def _valid(name: str, values: Mapping[str, Any]) -> bool:
    try:
        text_parameters(name, values)
    except WorkbenchError:
        return False
    return True


def _read(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Values by key, every one text, a list or a mapping of texts, and the line of every key."""
    try:
        text = file.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        values = yaml.load(text, Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbenchError(f"The parameters in {file} cannot be read: {error}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise WorkbenchError(f"{file}, {at}this is not YAML: {getattr(error, 'problem', error)}.") from None
    except RecursionError:
        raise WorkbenchError(f"{file} is nested too deeply.") from None
    if node is None:
        return {}, {}
    if not isinstance(node, yaml.MappingNode):
        raise WorkbenchError(f"{file} holds no parameters. Write one a line, for example `seeds: [0, 1]`.")
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if key.value in lines:
            raise WorkbenchError(f"{file}, line {line}: the parameter '{key.value}' is given twice.")
        lines[key.value] = line
    return values, lines
