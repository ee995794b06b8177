"""Runs: one table of all, and a page each with its settings, audits and what was read from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from workbench.config import flat
from workbench.errors import WorkbenchError
from workbench.report.numbers import counted, percent
from workbench.report.page import origin_html
from workbench.report.site.model import Entry, Page, Site, facts, link, site_origin, slug
from workbench.report.site.run_records import RunRecord, run_records
from workbench.report.table import Cell, Column, Table
from workbench.rows import load_results
from workbench.variants import VARIANTS

PATH, GROUP = "runs.html", "Runs"
STATUS_LOOKS = {"failed": "below", "passed": "above"}


def run_pages(site: Site) -> Iterator[Page]:
    """The page of all runs, then one for each."""
    records = run_records()
    try:
        results = load_results()
        rows, notes = results.rows, list(results.notes)
    except WorkbenchError as error:
        rows, notes = pd.DataFrame(columns=["run"]), [f"Result rows could not be read: {error}"]
    by_run = dict(tuple(rows.groupby("run")))
    entries = [Entry("Runs", "page", "every run with its settings and audits")]
    lead = (
        f"{counted(len(records), 'run')}: those kept in reports/measured and those on the disk where this was made. The name leads to settings, audits and "
        "results."
    )
    table = overview_table(records).html() + origin_html(site_origin()) if records else "<p>There are no runs.</p>"
    said = "".join(f"<li>{escape(note)}</li>" for note in notes)
    body = f"<h1>Runs</h1>\n<p>{escape(lead)}</p>\n{table}" + (f"<ul>{said}</ul>" if said else "")
    yield Page(PATH, "Runs", body, GROUP, "All runs", tuple(entries))
    for record in records:
        yield run_page(record, by_run.get(record.name, rows.iloc[:0]))


def page_of(name: str) -> str:
    """The page of a run."""
    return f"run-{slug(name)}.html"


def overview_table(records: Sequence[RunRecord]) -> Table:
    """All runs under a heading for each preset and training data."""
    columns = [Column("run", number=False), Column("variant", number=False), Column("seed")]
    columns += [Column("reading", number=False), Column("audits", number=False), Column("time, s")]
    columns.append(Column("kept", number=False))
    order = {name: i for i, name in enumerate(VARIANTS)}
    rows: list[list[Cell]] = []
    before = ""
    for one in sorted(
        records, key=lambda r: (r.preset, r.data, order.get(r.variant, len(order)), r.variant, r.seed, r.name)
    ):
        if (heading := f"{one.preset}, trained on {one.data}") != before:
            rows.append([Cell(heading)])
            before = heading
        rows.append(
            [
                Cell(one.name, href=link(page_of(one.name))),
                Cell(one.variant),
                Cell(str(one.seed)),
                Cell(one.reading.replace("_", " ")),
                Cell(one.audit, look=STATUS_LOOKS.get(one.audit, "level")),
                Cell(one.seconds),
                Cell(one.kept or "on disk only"),
            ]
        )
    frame = pd.DataFrame([{"run": one.name, "audits": one.audit} for one in records])
    notes = ["Audits: failed where one failed; else noted where one found something out of the ordinary; else passed."]
    return Table("all-runs", "Runs with settings, audits and results", columns, rows, frame, notes)


def run_page(record: RunRecord, rows: pd.DataFrame) -> Page:
    """Settings, audits and results of one run."""
    known = record.variant in VARIANTS
    title, fault = (VARIANTS[record.variant].title, VARIANTS[record.variant].fault) if known else ("", "")
    about = {
        "Variant": f"<code>{escape(record.variant)}</code> {escape(title)}",
        "Seed": str(record.seed),
        "Reading": escape(record.reading.replace("_", " ")),
        "Fault repeated": escape(fault) if record.reading == "as_published" else "",
        "Audits": escape(record.audit),
        "Time": f"{escape(record.seconds)} s" if record.seconds else "",
        **{name: f"<code>{escape(text)}</code>" for name, text in record.origin.items()},
    }
    parts = [f"<h1>{escape(record.name)}</h1>", facts(about)]
    if record.problem:
        parts.append(f'<p class="warning">{escape(record.problem)}</p>')
    if len(rows):
        parts += ['<h2 id="results">Results</h2>', results_table(rows).html() + origin_html(site_origin())]
    parts.append('<h2 id="audits">Audits</h2>')
    parts.append(audits_table(record.audits).html() if record.audits else "<p>No audits are kept of this run.</p>")
    if record.config:
        parts += ['<h2 id="settings">Settings</h2>', settings_table(record.config).html()]
    words = f"{record.variant} {record.preset} seed {record.seed} trained on {record.data}, {record.reading}, audits {record.audit}"
    contents = tuple(
        (i, i.capitalize()) for i in ("results", "audits", "settings") if f'<h2 id="{i}">' in "".join(parts)
    )
    entry = Entry(record.name, "run", words)
    return Page(
        page_of(record.name),
        record.name,
        "\n".join(parts),
        entries=(entry,),
        parent=PATH,
        parent_title="Runs",
        contents=contents,
    )


def results_table(rows: pd.DataFrame) -> Table:
    """What was read: one line a benchmark and factor, a column a probe."""
    probes = list(dict.fromkeys(rows["probe"]))
    columns = [Column("benchmark", number=False), *(Column(probe) for probe in probes), Column("chance"), Column("n")]
    body = []
    for (benchmark, factor, encoder), part in rows.groupby(["benchmark", "factor", "encoder"], sort=False):
        by_probe: dict[str, Any] = {str(row.probe): row for row in part.itertuples()}
        first = part.iloc[0]
        cells = [
            Cell(percent(row.value), f"{percent(row.low)} to {percent(row.high)}")
            if (row := by_probe.get(probe))
            else Cell("–")
            for probe in probes
        ]
        what = f"{encoder} encoder" if factor == "label" else f"{factor}, {encoder} encoder"
        body.append([Cell(str(benchmark), what), *cells, Cell(percent(first["chance"])), Cell(f"{first['n']:,}")])
    lead = "Test accuracy in percent (of continuous factors: R²) with its 95 % interval over clips."
    return Table("results-table", "What probes read", columns, body, rows, lead=lead)


def audits_table(audits: Sequence[Mapping[str, str]]) -> Table:
    """Every finding."""
    columns = [Column(title, number=False) for title in ("audit", "of", "status", "found")]
    rows = [
        [
            Cell(one["audit"]),
            Cell(one["of"]),
            Cell(one["status"], look=STATUS_LOOKS.get(one["status"], "level")),
            Cell(one["found"], look="wraps"),
        ]
        for one in audits
    ]
    return Table("audits-table", "What its numbers rest on", columns, rows, pd.DataFrame(audits))


def _plain(text: str) -> str:
    """A setting as it is written on one line; one of several mappings has them apart."""
    value = json.loads(text)
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return "; ".join(", ".join(f"{key} {item}" for key, item in one.items()) for one in value)
    return "none" if value in (None, "", [], {}) else str(value)


def settings_table(config: Mapping[str, Any]) -> Table:
    """Every setting, under a heading for each section."""
    rows: list[list[Cell]] = []
    before = ""
    for key, value in flat(dict(config)).items():
        section, _, rest = key.partition(".")
        if rest and section != before:
            rows.append([Cell(section)])
        before = section if rest else ""
        rows.append([Cell(rest or section), Cell(_plain(value), look="code wraps")])
    columns = [Column("setting", number=False), Column("value", number=False)]
    return Table("settings-table", "All settings", columns, rows, pd.DataFrame({"setting": list(flat(dict(config)))}))
