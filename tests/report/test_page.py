"""The page: self-contained, without code, readable by a browser on a phone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from tests.made_up import make_study
from workbench.report.main import MainReport
from workbench.report.page import json_in_script, page

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def output(thing: Any) -> list[Any]:
    """Outputs as a kernel would record them."""
    if hasattr(thing, "outputs"):
        return [nbformat.v4.new_output("display_data", data=data, metadata=about) for data, about in thing.outputs()]
    data, about = thing._repr_mimebundle_()
    return [nbformat.v4.new_output("execute_result", data=data, metadata=about)]


@pytest.fixture
def html() -> str:
    make_study({"random": 0.1, "baseline": 0.4})
    made = MainReport.of(preset="smoke", seeds=[0], variants=["random", "baseline"])
    things = [
        made.summary(),
        made.notes(),
        made.criterion(),
        made.accuracy(),
        made.accuracy_figures(),
        made.loss_figures(),
    ]
    cells: list[Any] = [nbformat.v4.new_markdown_cell("# Main results\n\nSome <text>.")]
    cells += [nbformat.v4.new_code_cell("secret_code()", outputs=output(thing)) for thing in things]
    return page(nbformat.v4.new_notebook(cells=cells), "Main & results")


class Addresses(HTMLParser):
    """Every address that a browser would load, every tag, and the number of drawn figures."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.figures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.figures += ("class", "figure") in attrs
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "poster")]


def test_nothing_is_loaded_from_anywhere(html: str) -> None:
    found = Addresses()
    found.feed(html)
    assert found.loaded == ["data:,"]  # the empty icon; without it a browser asks for one
    styles = re.findall(r"<style>(.*?)</style>", html, re.S)
    assert styles and not any("url(" in style or "@import" in style for style in styles)
    assert "iframe" not in found.tags and "link" in found.tags


def test_no_code_and_no_traces_of_a_notebook(html: str) -> None:
    assert "secret_code" not in html and "In [" not in html and "Out[" not in html
    assert "<title>Main &amp; results</title>" in html


def test_tables_and_figures_are_there_once(html: str) -> None:
    assert html.count('<figure class="table" id="accuracy">') == 1
    found = Addresses()
    found.feed(html)
    assert found.figures == 3 + 2  # benchmarks, and the terms prediction and context
    assert html.count("Plotly.react(holder") == 1
    assert 'id="notes"' not in html  # empty prose leaves nothing behind


def test_a_page_without_figures_carries_no_plotly() -> None:
    cell = nbformat.v4.new_code_cell("", outputs=output(MainReport.of(preset="smoke", seeds=[0]).summary()))
    text = page(nbformat.v4.new_notebook(cells=[cell]), "Empty")
    assert len(text) < 20_000 and "Plotly" not in text


def test_json_cannot_close_its_script() -> None:
    assert "</script>" not in json_in_script({"text": "</script><b>"})


@pytest.mark.browser
@pytest.mark.parametrize("width", [375, 1280])
def test_a_browser_shows_it_without_requests_errors_or_sideways_scroll(
    html: str, tmp_path: Path, browser: Browser, width: int
) -> None:
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    said: list[str] = []
    asked: list[str] = []
    tab = browser.new_page(viewport={"width": width, "height": 800})
    try:
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(path.as_uri())
        tab.wait_for_selector(".figure .main-svg")
        drawn = tab.evaluate("[...document.querySelectorAll('.figure')].every(f => f.querySelector('.main-svg'))")
        wide = tab.evaluate("document.documentElement.scrollWidth")
    finally:
        tab.close()
    assert drawn and said == [] and wide <= width
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [path.as_uri()]
