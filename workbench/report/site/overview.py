"""The first page: what this is, every report with its summary and tables, and where the rest stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from workbench.report.numbers import counted
from workbench.report.parameters import REPORTS
from workbench.report.site.model import Entry, MadeReport, Page, Site, anchor, prose
from workbench.report.site.run_records import run_records

PATH = "index.html"
LEAD = """Small JEPA video models, trained under equal conditions and asked what they know of appearance and motion. Every number on these pages is
computed from stored result rows; below each table stand the command that makes it, its parameters, the versions of the software, and keys of the rows and
test clips behind it. A trained encoder is always set beside the same one untrained, and a variant beside its matched control."""


def overview_pages(site: Site) -> Iterator[Page]:
    """The page `index.html`."""
    runs = run_records()
    failed_audits = sum(run.audit == "failed" for run in runs)
    tiles = [
        (str(len(site.reports)), "reports" if len(site.reports) != 1 else "report"),
        (str(sum(len(report.tables) for report in site.reports)), "tables"),
        (f"{sum(int(t['records'] or 0) for r in site.reports for t in r.tables.values()):,}", "records in them"),
        (str(len(runs)), "runs" if len(runs) != 1 else "run"),
        (str(failed_audits), "runs that fail an audit"),
    ]
    shown = "".join(f"<li><strong>{escape(value)}</strong> {escape(words)}</li>" for value, words in tiles)
    body = f'<h1>JEPA workbench: results</h1>\n{prose(LEAD)}\n<ul class="tiles">{shown}</ul>\n<h2 id="reports">Reports</h2>\n'
    body += _reports(site)
    yield Page(PATH, "Overview", body, "", "Overview", (Entry("Overview", "page", LEAD),))


def _reports(site: Site) -> str:
    parts = []
    made = {report.name: report for report in site.reports}
    for name, entry in REPORTS.items():
        why = site.failed.get(name, "")
        if name in made:
            parts.append(_card(made[name], why))
        else:
            reason = why or f"Not made yet: workbench report {name}"
            parts.append(
                f'<article class="card"><h3>{escape(entry.title)}</h3><p class="warning">{escape(reason)}</p></article>'
            )
    return f'<div class="cards">{"".join(parts)}</div>' if parts else "<p>There are no reports.</p>"


def shortened(text: str, most: int = 260) -> str:
    """As many of its first sentences as `most` characters hold, but one at least; a mark stands for the rest."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z`0-9])", text.strip())
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + len(sentence) >= most:
            return f"{kept} …"
        kept = f"{kept} {sentence}"
    return kept


def _card(report: MadeReport, why: str) -> str:
    warning = f'<p class="warning">This is its former state. {escape(why)}</p>' if why else ""
    lacking = len(report.origin.get("missing", ()))
    note = f'<p class="small">{counted(lacking, "run")} that it asks for are not there.</p>' if lacking else ""
    tables = "".join(
        f"<li>{anchor(report.path, name, told['title'] or name)}</li>" for name, told in report.tables.items()
    )
    return (
        f'<article class="card"><h3>{anchor(report.path, "", report.title)}</h3>{prose(shortened(report.origin["summary"]))}{warning}{note}'
        f'<ul class="tables" aria-label="Tables of {escape(report.title)}">{tables}</ul></article>'
    )
