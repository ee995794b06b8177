"""One page for each report: its text, figures and tables, with files to take away and what each table was made from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape, unescape
from typing import Any

from workbench.report.formats import has_figures
from workbench.report.origin import told
from workbench.report.page import fragment, origin_html
from workbench.report.site.model import Entry, MadeReport, Page, Site, link

GROUP = "Results"
FORMAT_WORDS = {"csv": "CSV", "parquet": "Parquet", "md": "Markdown", "tex": "LaTeX"}


def report_pages(site: Site) -> Iterator[Page]:
    """A page for every report that is there."""
    for report in site.reports:
        yield report_page(report, site.failed.get(report.name, ""))


def report_page(report: MadeReport, why: str = "") -> Page:
    """The page of a report; `why` says for what reason it could not be made anew."""
    import nbformat

    notebook = nbformat.read(report.folder / f"{report.name}.ipynb", as_version=4)
    made = told(report.origin)

    def after(about: Mapping[str, Any]) -> str:
        return origin_html(made, _links(report, about["name"])) if about.get("kind") == "table" else ""

    html = fragment(notebook, after)
    if why:
        html = f'<p class="warning">This is the former state. {escape(why)}</p>\n{html}'
    place = link(f"files/{report.name}/{report.name}.ipynb")
    html += f'\n<p class="small"><a href="{escape(place)}" download>Executed notebook</a></p>'
    entries = [Entry(report.title, "report", report.origin["summary"])]
    entries += [
        Entry(told_["title"] or name, "table", f"{report.title}. {told_['lead']}", name)
        for name, told_ in report.tables.items()
    ]
    return Page(
        report.path,
        report.title,
        html,
        GROUP,
        report.title,
        tuple(entries),
        figures=has_figures(notebook),
        contents=headings(html),
    )


def headings(html: str) -> tuple[tuple[str, str], ...]:
    """Anchor and text of every heading of the second level."""
    found = re.findall(r'<h2[^>]*\bid="([^"]+)"[^>]*>(.*?)</h2>', html, re.S)
    return tuple((unescape(name), unescape(re.sub(r"<[^>]+>", "", text)).strip(" ¶")) for name, text in found)


def _links(report: MadeReport, table: str) -> str:
    files = report.tables.get(table, {}).get("files", [])
    links = (
        f'<a href="{escape(link(f"files/{report.name}/{file}"))}" download>{FORMAT_WORDS.get(file.rpartition(".")[2], file)}</a>'
        for file in files
    )
    return f'<p class="downloads">{" ".join(links)}</p>' if files else ""
