"""Views on disk: what was looked at, as JSON under `views/` or in any file, to reopen later or elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from workbench.errors import UnknownName, WorkbenchError
from workbench.files import whole_file
from workbench.paths import home

FORMAT = 2
NAME = re.compile(r"[\w][\w .-]*")


def views_root() -> Path:
    """Where views lie that were saved by name."""
    return home() / "views"


def view_path(name: str | Path) -> Path:
    """The file of a view: a path that ends with .json, or a name under `views/`."""
    if str(name).endswith(".json"):
        return Path(name).expanduser()
    if not NAME.fullmatch(str(name)):
        raise WorkbenchError(
            f"'{name}' is no name of a view: give letters, digits, spaces, dots and dashes, or a file that ends with .json."
        )
    return views_root() / f"{name}.json"


def view_names() -> list[str]:
    """Names under `views/`, in order."""
    return sorted(path.stem for path in views_root().glob("*.json"))


def write_view(name: str | Path, state: dict[str, Any]) -> Path:
    """Write a view, whole or not at all; gives its file."""
    path = view_path(name)
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(state, indent=1), encoding="utf-8")
    return path


def read_view(name: str | Path) -> dict[str, Any]:
    """A view that `write_view` wrote. Raises where there is none, where it is no view, or of another format."""
    path = view_path(name)
    if not path.is_file():
        if path.parent == views_root():
            raise UnknownName("view", str(name), view_names())
        raise WorkbenchError(f"There is no file {path}.")
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise WorkbenchError(f"{path} cannot be read as a view ({error}). Save the view again.") from None
    if not isinstance(state, dict) or "format" not in state:
        raise WorkbenchError(f"{path} is no view of the explorer: it has no 'format'.")
    return check_format(state)


def check_format(state: dict[str, Any]) -> dict[str, Any]:
    """The state itself; one of another format raises."""
    if state.get("format") != FORMAT:
        raise WorkbenchError(f"This view has format {state.get('format')}; this version reads format {FORMAT}.")
    return state
