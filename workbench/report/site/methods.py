"""Method pages: the registries of the package and what their entries' docstrings say. Nothing is described a second time here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from importlib import import_module
from typing import Any

from workbench.report.site.described import described
from workbench.report.site.model import Entry, Page, Site, facts, prose
from workbench.variants import VARIANTS

GROUP = "Methods"
CODE = ("Terms", "Settings", "Formula", "Function")
Entries = Callable[[], Iterable[tuple[str, Any]]]


@dataclass(frozen=True)
class Part:
    """A heading over the entries of a registry, and the module (or module:Class) whose docstring introduces them."""

    title: str
    kind: str
    entries: Entries
    module: str = ""


def of_registry(module: str, name: str) -> Entries:
    """The entries of the registry `name` of a module."""
    return lambda: getattr(import_module(module), name).items()


def of_package(module: str) -> Entries:
    """The functions that a module offers."""
    return lambda: [
        (name, entry)
        for name in import_module(module).__all__
        if inspect.isroutine(entry := getattr(import_module(module), name))
    ]


PAGES: dict[str, tuple[str, tuple[Part, ...]]] = {
    "objectives": (
        "Objectives",
        (
            Part("Objectives", "objective", of_registry("workbench.objectives", "OBJECTIVES"), "workbench.objectives.base:Objective"),
            Part("Schedules of a coefficient", "schedule", of_registry("workbench.objectives", "SCHEDULES")),
        ),
    ),
    "variants": (
        "Variants",
        (
            Part("Variants", "variant", of_registry("workbench.variants", "VARIANTS"), "workbench.variants"),
            Part("Video–text terms", "video–text term", of_registry("workbench.variants", "TEXT_TERMS")),
        ),
    ),
    "masks": ("Masks", (Part("Mask generators", "mask", of_registry("workbench.masking", "MASKS"), "workbench.masking"),)),
    "probes": (
        "Probes",
        (Part("Probes", "probe", of_registry("workbench.probes", "PROBES"), "workbench.probes"),),
    ),
    "metrics": (
        "Metrics",
        (
            Part("Quality of a space", "metric", of_registry("workbench.quality.measures", "MEASURES"), "workbench.quality.measures"),
            Part("Parts of a diagnosis", "diagnosis", of_registry("workbench.diagnosis.parts", "PARTS"), "workbench.diagnosis.parts"),
            Part("Changes in time", "change in time", of_registry("workbench.time_use.transforms", "TRANSFORMS"), "workbench.time_use.transforms"),
            Part("Retrieval", "retrieval", of_package("workbench.retrieval"), "workbench.retrieval"),
            Part("Re-ranking", "re-ranking", of_registry("workbench.retrieval", "RERANKS"), "workbench.retrieval.rerank"),
        ),
    ),
    "statistics": ("Statistics", (Part("Intervals and tests", "statistic", of_package("workbench.stats"), "workbench.stats"),)),
    "benchmarks": (
        "Benchmarks and shifts",
        (
            Part("Benchmarks", "benchmark", of_registry("workbench.data.benchmarks", "BENCHMARKS"), "workbench.data.benchmarks"),
            Part("Domain shifts", "shift", of_registry("workbench.data.shifts", "SHIFTS"), "workbench.data.shifts"),
        ),
    ),
}  # fmt: skip


def method_pages(site: Site) -> Iterator[Page]:
    """One page for each kind of method."""
    for name, (title, parts) in PAGES.items():
        yield method_page(name, title, parts)


def method_page(name: str, title: str, parts: Iterable[Part]) -> Page:
    """The entries of some registries under their headings, each with an anchor."""
    body, entries, contents = [f"<h1>{escape(title)}</h1>"], [Entry(title, "page", "method page")], []
    for part in parts:
        place = part.title.lower().replace(" ", "-")
        contents.append((place, part.title))
        body.append(f'<h2 id="{escape(place)}">{escape(part.title)}</h2>')
        if part.module:
            body.append(prose(_introduction(part.module)))
        for key, entry in part.entries():
            anchor = f"{part.kind.replace(' ', '-')}-{key}"
            found = described(entry)
            more = {name: _fact(name, text) for name, text in found.facts.items()}
            body.append(
                f'<section class="method" id="{escape(anchor)}"><h3><code>{escape(key)}</code> {escape(found.title)}</h3>'
                f"{prose(found.text)}{facts({**more, **_used(part.kind, key)})}</section>"
            )
            entries.append(Entry(key, part.kind, f"{found.title} {found.text}", anchor))
    return Page(f"methods-{name}.html", title, "\n".join(body), GROUP, title, tuple(entries), contents=tuple(contents))


def _fact(name: str, text: str) -> str:
    return f"<code>{escape(text)}</code>" if name in CODE else escape(text)


def _introduction(place: str) -> str:
    """The docstring of a module, or of the class after a colon."""
    module, _, name = place.partition(":")
    thing = import_module(module)
    return inspect.getdoc(getattr(thing, name) if name else thing) or ""


def _used(kind: str, key: str) -> Mapping[str, str]:
    """Of an objective, the variants that have it."""
    if kind != "objective":
        return {}
    names = [name for name, entry in VARIANTS.items() if key in entry.settings.get("objective", {}).get("settings", {})]
    links = (f'<a href="methods-variants.html#variant-{escape(name)}">{escape(name)}</a>' for name in names)
    return {"Variants": ", ".join(links)}
