"""A person's own objective: one class in one file of `own/`, or in a notebook cell, trained like any variant of the study."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.paths import check_stays, home

if TYPE_CHECKING:
    from workbench.config import Config
    from workbench.objectives import Objective

Kind = TypeVar("Kind", bound="type[Objective]")
OWN: dict[str, str] = {}  # name of an own objective -> its source


def objective(
    name: str, *, weight: float = 1.0, hard: float | None = None, title: str = "", **settings: Any
) -> Callable[[Kind], Kind]:
    """Decorator that makes a variant `name` of an `Objective`: the baseline plus its terms, each with coefficient `weight`.

    `settings` are the keywords of its constructor; `hard` is the temperature of hard-region weights for token-wise terms.
    A cell that is run again replaces what it had defined. The class's source is stored with every run and is part of its
    settings, so that two versions of an objective never share a run. Raises for the name of an entry that is not one's own.
    """

    def register(kind: Kind) -> Kind:
        from workbench.objectives import OBJECTIVES
        from workbench.variants import VARIANTS, Variant

        check_stays(name, "an objective")
        source = textwrap.dedent(inspect.getsource(kind))
        if not kind.terms:
            raise WorkbenchError(f"The objective '{name}' names no terms; give its class `terms = ('{name}',)`.")
        again = name in OWN
        for registry in (OBJECTIVES, VARIANTS):
            if name in registry and not again:
                raise WorkbenchError(f"'{name}' is the name of another {registry.kind}; give yours another one.")
        section: dict[str, Any] = {
            "settings": {name: settings},
            "weights": dict.fromkeys(kind.terms, weight),
            "own": {name: content_key(source)},
        }
        if hard is not None:
            section["hard"] = dict.fromkeys(kind.terms, hard)
        VARIANTS.add(
            name, Variant(title or (kind.__doc__ or name).strip().splitlines()[0], {"objective": section}), again
        )
        OBJECTIVES.add(name, kind, again)
        OWN[name] = source
        return kind

    return register


def own_sources(config: Config) -> dict[str, str]:
    """The sources of the own objectives of a run, to be stored with it."""
    return {name: OWN[name] for name in config.objective.own if name in OWN}


def own_folder() -> Path:
    """`own/`: every Python file in it is read when the variants are first asked for."""
    return home() / "own"


def load_own() -> None:
    """Import the files of `own/`. An error in one names its file and line."""
    for path in sorted(own_folder().glob("*.py")):
        name = f"workbench_own_{path.stem}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            continue
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
            line = getattr(error, "lineno", None) or (lines[-1] if lines else None)
            said = str(error) if isinstance(error, WorkbenchError) else f"{type(error).__name__}: {error}."
            where = f"{path}, line {line}" if line else str(path)
            raise WorkbenchError(f"{where}: {said} Mend it, or take it out of {path.parent}.") from error
