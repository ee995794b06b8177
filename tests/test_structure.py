"""The layout: what may import what, in which direction, and how long a file may be. docs/architecture.md draws it."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "workbench"
# Of a package, those that it never imports, not even within a function.
NEVER = {
    "objectives": {"training", "widgets", "report", "cli", "sweeps", "probing"},
    "models": {"training", "widgets", "report", "cli", "sweeps", "probing", "probes"},
    "data": {"training", "models", "objectives", "probes", "report", "widgets", "gates", "cli", "encoders"},
    "stats": {"data", "training", "models", "report", "widgets", "cli", "runs", "rows"},
    "probes": {"training", "report", "widgets", "cli", "sweeps"},
    "retrieval": {"report", "widgets", "cli", "sweeps"},
    "plots": {"report", "widgets", "cli", "training"},
    "training": {"widgets", "report", "sweeps", "diagnosis"},
    "report": {"widgets", "cli"},
    "sweeps": {"widgets", "report", "cli"},
    "registry": {"config", "data", "variants"},
}


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its name."""
    return {
        ".".join(("workbench", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def imported(name: str, eager: bool) -> Iterator[str]:
    """Modules of the package that a module imports; `eager`: when it is imported itself, without what stands in functions."""

    def walk(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            if eager and (typing or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)):
                continue
            yield child
            yield from walk(child)

    for node in walk(ast.parse(modules()[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("workbench"):
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names if f"{node.module}.{one.name}" in modules())


@pytest.mark.parametrize("package", NEVER)
def test_dependencies_point_one_way(package: str) -> None:
    wrong = [
        (name, other)
        for name in modules()
        if name.split(".")[1:2] == [package]
        for other in imported(name, eager=False)
        if other.split(".")[1:2] and other.split(".")[1] in NEVER[package]
    ]
    assert wrong == []


def test_nothing_imports_the_command_line() -> None:
    wrong = [
        name
        for name in modules()
        if not name.startswith("workbench.cli")
        for other in imported(name, eager=False)
        if other.startswith("workbench.cli")
    ]
    assert wrong == []


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {  # what a package itself has is there before its modules are imported from elsewhere
        name: {other for other in imported(name, eager=True) if other in modules() and not name.startswith(f"{other}.")}
        for name in modules()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in done:
            for other in graph[name] - {name}:
                visit(other, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_files_are_short_and_every_package_says_what_it_is_for() -> None:
    lines = {name: path.read_text(encoding="utf-8").count("\n") for name, path in modules().items()}
    assert {name: count for name, count in lines.items() if count > 400} == {}
    assert statistics.median(lines.values()) <= 150
    undescribed = [
        name for name, path in modules().items() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert undescribed == []
