"""The whole site: complete, self-contained, made once, and put in place at once."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from tests.made_up import make_run
from tests.report.site.made import made_report, with_runs
from workbench.errors import WorkbenchError
from workbench.report.origin import read_origin
from workbench.report.parameters import REPORTS
from workbench.report.site import build, build_site, claims
from workbench.report.table import Cell, Column, Table


class Looked(HTMLParser):
    """Ids, links and loaded addresses of a page, and the landmarks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href", "srcset", "data"):
                self.loaded.append(value or "")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built site of two reports and two runs, one of which has a name that no address may hold as it is."""
    with_runs()
    make_run("baseline", 1, name="base/line?".replace("/", "+") + "=1#2")
    made_report(monkeypatch, "one")
    made_report(monkeypatch, "two", "Only <b>one</b> sentence")
    return build_site()


def test_every_link_leads_somewhere_and_every_id_is_there_once(site: Path) -> None:
    pages = {path.name: Looked(path.read_text()) for path in site.parent.glob("*.html")}
    assert len(pages) > 12
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        assert page.tags.count("main") == page.tags.count("h1") == page.tags.count("header") == 1, name
        for link in page.links:
            path, _, place = link.partition("#")
            target = unquote(path) or name
            assert (site.parent / target).is_file(), (name, link)
            assert not place or unquote(place) in pages[target].ids, (name, link)


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for path in site.parent.glob("*.html"):
        for address in Looked(path.read_text()).loaded:
            assert address == "data:," or (site.parent / address).is_file(), (path.name, address)
    assert (
        "url(" not in (site.parent / "site.css").read_text() and "@import" not in (site.parent / "site.css").read_text()
    )


def test_a_report_has_its_page_its_files_and_what_each_table_was_made_from(site: Path) -> None:
    html = (site.parent / "report-one.html").read_text()
    origin = read_origin(site.parent.parent / "one") or {}
    for said in ("workbench report one", origin["rows"], "clips"):
        assert said in html
    for file in ("one.ipynb", "demo.csv", "demo.parquet", "demo.md", "demo.tex"):
        assert (site.parent / "files" / "one" / file).is_file() and f"files/one/{file}" in html
    assert '<h2 id="section-a-table-more">' in html and 'src="plotly.min.js"' in html
    assert 'src="plotly.min.js"' not in site.read_text()
    assert "Report &lt;one&gt;" in site.read_text() and "All is well. It cost nothing." in site.read_text()
    assert "Only &lt;b&gt;one&lt;/b&gt; sentence" in site.read_text()
    assert "Not made yet: workbench report main" in site.read_text()


def test_the_index_of_the_search_holds_all_kinds_of_things(site: Path) -> None:
    text = (site.parent / "index.js").read_text()
    found = json.loads(text.removeprefix("window.SITE_INDEX = ").removesuffix(";\n"))
    assert {"report", "table", "run", "objective", "variant", "mask", "probe", "metric", "statistic", "shift"} <= {
        entry["k"] for entry in found
    }
    ids = {path.name: set(Looked(path.read_text()).ids) for path in site.parent.glob("*.html")}
    for entry in found:
        path, _, place = entry["u"].partition("#")
        assert unquote(path) in ids and (not place or unquote(place) in ids[unquote(path)]), entry


def test_it_is_made_again_only_where_something_has_changed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (site.parent / "site.json").stat().st_mtime_ns
    assert build_site() == site and (site.parent / "site.json").stat().st_mtime_ns == before
    build_site(failed={"two": "Report 'two' failed in cell 3: ValueError: no."})
    assert (site.parent / "site.json").stat().st_mtime_ns > before
    assert "This is its former state. Report &#x27;two&#x27; failed" in site.read_text()
    assert "failed in cell 3" in (site.parent / "report-two.html").read_text()
    made_report(monkeypatch, "three")
    build_site()
    assert (site.parent / "report-three.html").is_file() and "former state" not in site.read_text()


def test_an_interruption_leaves_the_former_site(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "_search_index", stopped)
    before = {path.name for path in site.parent.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        build_site(force=True)
    assert {path.name for path in site.parent.iterdir()} == before
    assert not [path for path in site.parent.parent.iterdir() if path.name.startswith(".")]


def test_without_runs_and_reports_it_says_what_to_do(home: Path) -> None:
    site = build_site()
    assert "Not made yet: workbench report main" in site.read_text()
    assert "There are no runs." in (site.parent / "runs.html").read_text()
    assert not (site.parent / "plotly.min.js").exists()


def test_a_folder_that_cannot_be_written_is_named(home: Path) -> None:
    (home / "reports").write_text("a file")
    with pytest.raises(WorkbenchError, match=r"The site cannot be written to .*reports/site"):
        build_site()


def test_claims_have_a_page_where_there_is_a_ledger(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(
        "claims", "Claims", [Column("claim", number=False)] * 2, [[Cell("1. <It> holds"), Cell("no")]], pd.DataFrame()
    )
    monkeypatch.setattr(claims, "find_spec", lambda _: object())
    monkeypatch.setattr(claims, "introduction", lambda: "The ledger.")
    monkeypatch.setattr(claims, "claims_table", lambda: table)
    site = build_site()
    html = (site.parent / "claims.html").read_text()
    assert "1. &lt;It&gt; holds" in html and 'class="origin"' in html and 'href="claims.html"' in site.read_text()

    def broken() -> Table:
        raise WorkbenchError("claims.yaml, line 3: no such variant.")

    monkeypatch.setattr(claims, "claims_table", broken)
    build_site(force=True)
    assert "1. &lt;It&gt; holds" in (site.parent / "claims.html").read_text()  # the same rows are judged once
    shutil.rmtree(home / "cache")
    build_site(force=True)
    assert "claims.yaml, line 3" in (site.parent / "claims.html").read_text()
    monkeypatch.setattr(claims, "find_spec", lambda _: None)
    build_site(force=True)
    assert not (site.parent / "claims.html").exists()


def test_every_report_of_the_registry_is_named_on_the_first_page(site: Path) -> None:
    assert site.read_text().count('<article class="card">') == len(REPORTS)
