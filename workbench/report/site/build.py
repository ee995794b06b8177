"""Building the site: every section's pages, the search index, the files that they need; put in place at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError
from workbench.files import content_key, git_state, package_versions, whole_folder, write_json
from workbench.paths import reports_root
from workbench.report.origin import Inputs
from workbench.report.parameters import REPORTS
from workbench.report.site.model import MadeReport, Page, Site, link, made_reports

FILE = "site.json"
STATIC = Path(__file__).resolve().parent / "static"
SHARED = Path(__file__).resolve().parents[1] / "static"
TEMPLATES = Path(__file__).resolve().parent / "templates"
PLOTLY = "plotly.min.js"


def build_site(failed: Mapping[str, str] | None = None, force: bool = False) -> Path:
    """Write `reports/site/` from the reports that are there, and give the path of its first page.

    `failed` says why reports could not be made anew (name -> reason); their pages show the former state and say so. Nothing is
    written where nothing has changed, unless `force` asks for it.
    """
    folder, failed = reports_root() / "site", dict(failed or {})
    reports = made_reports()
    key = content_key(asdict(Inputs.now()), [one.origin["key"] for one in reports], failed, sorted(REPORTS))
    first = folder / "index.html"
    if not force and _key(folder) == key and first.is_file():
        return first
    try:
        with whole_folder(folder) as temporary:
            _write(Site(reports, failed), temporary)
            write_json(temporary / FILE, {"key": key, "versions": package_versions(), "git": git_state()})
    except OSError as error:
        raise WorkbenchError(f"The site cannot be written to {folder}: {str(error).rstrip('.')}.") from error
    return first


def _key(folder: Path) -> str:
    try:
        return str(json.loads((folder / FILE).read_text(encoding="utf-8"))["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _write(site: Site, folder: Path) -> None:
    from workbench.report.site.sections import SECTIONS

    pages = [page for _, section in SECTIONS.items() for page in section(site)]
    template = _template()
    for page in pages:
        html = template.render(page=page, navigation=_navigation(pages, page), plotly=PLOTLY)
        (folder / page.path).write_text(html, encoding="utf-8")
    (folder / "index.js").write_text(_search_index(pages), encoding="utf-8")
    style = [
        (place / name).read_text(encoding="utf-8") for place, name in ((SHARED, "report.css"), (STATIC, "site.css"))
    ]
    (folder / "site.css").write_text("\n".join(style), encoding="utf-8")
    shutil.copyfile(STATIC / "site.js", folder / "site.js")
    if any(page.figures for page in pages):
        from workbench.report.page import plotly_script

        (folder / PLOTLY).write_text(plotly_script(), encoding="utf-8")
        shutil.copyfile(SHARED / "figures.js", folder / "figures.js")
    for report in site.reports:
        _copy(report, folder / "files" / report.name)


def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("layout.html.j2")


def _navigation(pages: list[Page], here: Page) -> list[dict[str, Any]]:
    """Groups of links in the order of the pages; `current` where a page or one below it is open."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for page in pages:
        if page.menu:
            current = "page" if page is here else "true" if here.parent == page.path else ""
            groups.setdefault(page.group, []).append({"title": page.menu, "href": link(page.path), "current": current})
    return [{"title": title, "links": links} for title, links in groups.items()]


def _search_index(pages: list[Page]) -> str:
    """What the search box looks in, as a script: a page that was opened from a disk may load no JSON."""
    from workbench.report.page import json_in_script

    found = [
        {
            "t": entry.title,
            "k": entry.kind,
            "u": link(page.path, entry.anchor),
            "x": " ".join(entry.text.replace("`", "").split())[:400],
        }
        for page in pages
        for entry in page.entries
    ]
    return f"window.SITE_INDEX = {json_in_script(found)};\n"


def _copy(report: MadeReport, folder: Path) -> None:
    """The report's notebook and table files, for those who take numbers away."""
    folder.mkdir(parents=True)
    for name in report.files:
        shutil.copyfile(report.folder / name, folder / name)
