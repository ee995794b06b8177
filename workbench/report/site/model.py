"""What the site is made of: reports as they lie on disk, and pages with what the search finds in them."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from workbench.files import content_key, git_state, package_versions
from workbench.paths import reports_root
from workbench.report.origin import Inputs, read_origin, whole
from workbench.report.parameters import REPORTS


@dataclass(frozen=True)
class Entry:
    """One thing that the search finds: its title, what kind of thing it is, words about it, and its place in the page."""

    title: str
    kind: str
    text: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Page:
    """One page: its file, title, HTML of the main part, and where it stands in the menu (`menu` is empty: it does not)."""

    path: str
    title: str
    body: str
    group: str = ""
    menu: str = ""
    entries: tuple[Entry, ...] = ()
    figures: bool = False
    parent: str = ""
    parent_title: str = ""
    contents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MadeReport:
    """A report on disk and what its `report.json` says."""

    name: str
    folder: Path
    origin: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Its page."""
        return f"report-{slug(self.name)}.html"

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.origin["title"])

    @property
    def tables(self) -> Mapping[str, Any]:
        """Title, lead, number of records and files of every table, by name."""
        return self.origin["tables"]

    @property
    def files(self) -> list[str]:
        """The notebook and the files of the tables."""
        return [name for name in self.origin["files"] if not name.endswith(".html")]


@dataclass(frozen=True)
class Site:
    """All that the sections are made from: the reports, and why those that failed last are not new."""

    reports: list[MadeReport]
    failed: Mapping[str, str] = field(default_factory=dict)


def made_reports() -> list[MadeReport]:
    """The reports of the registry that lie whole on this disk, in its order."""
    found = []
    for name in REPORTS:
        folder = reports_root() / name
        origin = read_origin(folder)
        if origin is not None and whole(folder, origin):
            found.append(MadeReport(name, folder, origin))
    return found


@cache
def site_origin() -> dict[str, str]:
    """What tables that belong to no report say of their making."""
    git = git_state()
    return {
        "Command": "workbench report all",
        "Made": f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')}, commit {str(git['commit'])[:10]}{' with uncommitted changes' if git['dirty'] else ''}",
        "Versions": ", ".join(f"{name} {version}" for name, version in package_versions().items()),
        "Rows, content key": Inputs.now().rows,
    }


def slug(name: str) -> str:
    """`name` as part of a file's name and an address; two names never share one."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip(".")
    return plain if plain == name else f"{plain}-{content_key(name, length=6)}"


def link(path: str, anchor: str = "") -> str:
    """An address relative to any page of the site: they all lie in one folder."""
    return quote(path) + (f"#{quote(anchor)}" if anchor else "")


def anchor(page: str, place: str, text: str) -> str:
    """A link as HTML."""
    return f'<a href="{escape(link(page, place))}">{escape(text)}</a>'


def prose(text: str) -> str:
    """A docstring or sentence as HTML: paragraphs at empty lines, lists at dashes, `code`; nothing in it is markup."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        items = re.split(r"(?m)^- ", block)
        lead = f"<p>{_inline(items[0])}</p>" if items[0].strip() else ""
        points = "".join(f"<li>{_inline(item)}</li>" for item in items[1:])
        indented = block.startswith("    ")
        blocks.append(
            f"<pre><code>{escape(block)}</code></pre>" if indented else lead + (f"<ul>{points}</ul>" if points else "")
        )
    return "\n".join(blocks)


def facts(values: Mapping[str, str]) -> str:
    """Names and values as a list of definitions; empty values are left out. The values are HTML."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in values.items() if value)
    return f'<dl class="facts">{rows}</dl>' if rows else ""


def _inline(text: str) -> str:
    parts = re.split(r"`([^`]+)`", text.strip())
    html = [f"<code>{escape(part)}</code>" if i % 2 else escape(part) for i, part in enumerate(parts)]
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", "".join(html))
