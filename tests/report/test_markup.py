"""Markup in captions, labels, names of files and runs, and parameters stays text: on report pages, the site, the exported page, in widgets.

Each page is made twice, with harmless words and with markup in their place: both have the same elements that act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pandas as pd
import pytest

from tests.made_up import make_run
from tests.report.site.made import made_report
from tests.report.test_formats import notebook_of
from tests.widgets.planted import planted_explorer, planted_source
from workbench.external import Reading, keep_external, read_external
from workbench.report.main import MainReport
from workbench.report.page import markdown_html, origin_html, page
from workbench.report.prose import Prose
from workbench.report.site import build_site
from workbench.report.table import Cell, Column, Table
from workbench.widgets.figure import hover_texts
from workbench.widgets.hits import found_html, pairs_html
from workbench.widgets.player import clip_html
from workbench.widgets.search import Found, Hit, Pair

MARKUP = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '" onfocus="alert(1)" autofocus="',
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "</style></title></textarea><script>alert(1)</script>",
    "<!--><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    '![x](x" onerror="alert(1))',
    "<https://a.b/\"onmouseover=alert(1)>",
    "{{ 7 * 7 }}{% include 'x' %}",
    "`<script>alert(1)</script>`",
    "$<script>alert(1)</script>$",
    "```mermaid\n</pre><script>alert(1)</script>\n```",
]  # fmt: skip
NAMES = [name for name in MARKUP if "/" not in name and "\n" not in name]  # names hold no slashes
ACTS = ("script", "iframe", "object", "embed", "base", "form", "meta", "link", "style", "svg", "img", "video")


class Acting(HTMLParser):
    """What of a page can do something: elements, attributes of events, addresses with a script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] += tag in ACTS
        for name, value in attrs:
            self.found[name] += name.startswith("on") or name in ("srcdoc", "autofocus", "style", "formaction")
            self.found["address"] += unquote(value or "").strip().lower().startswith(("javascript:", "vbscript:"))


def acts(html: str) -> Counter[str]:
    return +Acting(html).found


def same(made: Callable[[str], str], word: str) -> None:
    """What is made with `word` acts as what is made with a harmless word."""
    assert acts(made(word)) == acts(made("harmless"))


def test_the_parser_sees_what_acts() -> None:
    for word in MARKUP[:1] + MARKUP[2:3] + MARKUP[5:7]:
        assert acts(word)
    assert acts('<a href="javascript:alert(1)">') and acts("<p onclick=x>") and not acts("<p>&lt;script&gt;</p>")


def table(word: str) -> Table:
    rows = [[Cell(word)], [Cell(word, word, (word,)), Cell(word, href="#x")]]
    return Table("demo", word, [Column(word, word), Column(word)], rows, pd.DataFrame({word: [word]}), [word], word)


@pytest.mark.parametrize("word", MARKUP)
def test_a_report_page(word: str) -> None:
    def made(word: str) -> str:
        notebook = notebook_of(Prose("summary", f"{word} of {word}.\n\n- {word}"), table(word))
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"# Title\n\n{word}"))
        stream = nbformat.v4.new_output("stream", text=word)
        plain = nbformat.v4.new_output("display_data", data={"text/plain": word})
        figure = {"data": [{"text": [word]}], "layout": {"title": {"text": word}}}
        chart = nbformat.v4.new_output(
            "display_data",
            data={"application/vnd.plotly.v1+json": figure},
            metadata={"workbench": {"kind": "figure", "title": word}},
        )
        notebook.cells.append(nbformat.v4.new_code_cell(word, outputs=[stream, plain, chart]))
        html = page(notebook, word, {word: word})
        return html[html.index("</head>") :] + html[: html.index("<style>")]

    same(made, word)


@pytest.mark.parametrize("word", MARKUP)
def test_markdown_of_computed_text(word: str) -> None:
    for text in (
        word,
        f"**{word}**",
        f"- {word}\n- {word}",
        f"[{word}]({word})",
        f"> {word}",
        f"| a |\n|---|\n| {word} |",
    ):
        assert not acts(markdown_html(text)) - Counter(
            img=1
        )  # a picture that text asks for is loaded, and does nothing


@pytest.mark.parametrize("word", MARKUP)
def test_what_a_table_says_of_its_making(word: str) -> None:
    same(lambda word: origin_html({word: word}), word)
    same(lambda word: table(word).html(), word)


def test_names_of_runs_and_rows_of_other_tools_in_the_main_report(home: Path) -> None:
    def made(names: list[str]) -> str:
        for name in names:
            make_run("random", name=name, clips=20, history=False)
            make_run("baseline", name=f"b{name}", clips=20, history=False, note=name, audit=name, choice=name)
        report: Any = MainReport.of(preset="smoke", seeds=[0], variants=["random", "baseline"], regime="single")
        notebook = notebook_of(report.summary(), report.notes(), report.criterion(), report.accuracy())
        return page(notebook, "Main").partition("</head>")[2]

    assert acts(made(NAMES[:1])) == acts(made(["harmless"]))


def test_a_regime_that_is_markup_in_the_main_report() -> None:
    def made(word: str) -> str:
        report: Any = MainReport.of(preset="smoke", seeds=[0], variants=["random", "baseline"], regime=word)
        return page(notebook_of(report.summary(), report.notes(), report.missing()), "Main").partition("</head>")[2]

    for word in MARKUP:
        same(made, word)


def test_the_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Names of runs, notes, a summary, a report that failed, and rows of other tools."""

    def made(folder: str, words: list[str], names: list[str]) -> dict[str, Counter[str]]:
        monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / folder))
        for number, name in enumerate(names):
            make_run("baseline", number, name=name, clips=20, benchmarks=("motion48",), note=words[number])
        made_report(monkeypatch, "one", " ".join(words))
        theirs = tmp_path / folder / "theirs.csv"
        pd.DataFrame({"name": words, "benchmark": words, "value": 0.5, "n": 10, "probe": words, "note": words}).to_csv(
            theirs
        )
        keep_external("theirs", read_external([theirs], Reading({}, {})), words[0], [theirs])
        first = build_site({"one": " ".join(words)})
        pages = {path.name: acts(path.read_text()) for path in first.parent.glob("*.html")}
        return {name: found for name, found in pages.items() if not name.startswith("run-")} | {
            "runs": sum((found for name, found in pages.items() if name.startswith("run-")), Counter())
        }

    harmless = [f"harmless{number}" for number in range(len(MARKUP))]
    names = [f"name{number}" for number in range(len(NAMES))]
    assert made("a", MARKUP, NAMES) == made("b", harmless, names)


def test_the_exported_page(tmp_path: Path) -> None:
    def made(word: str) -> str:
        names = ["left", "right", word, "down"]
        source = planted_source(run=word, benchmark=word, class_names={"group": names})
        table = source.table.assign(path=word, caption=word)
        explorer = planted_explorer(class_names={"group": names}, run=word, table=table)
        explorer.export(tmp_path / "view.html")
        return (tmp_path / "view.html").read_text()

    harmless = acts(made("harmless"))
    for word in MARKUP:
        assert acts(made(word)) == harmless, word


@pytest.mark.parametrize("word", MARKUP)
def test_hover_boxes_and_players(word: str) -> None:
    source = planted_source(class_names={"group": [word] * 4}, run=word)
    source = replace(source, table=source.table.assign(caption=word, path=word))
    for text in hover_texts(source)[:4]:
        assert not acts(text)
    same(lambda word: clip_html(source.clips[0], caption=word), word)


@pytest.mark.parametrize("word", MARKUP)
def test_what_the_retriever_shows(word: str) -> None:
    def made(word: str) -> str:
        hit = Hit(0, 1, 1, 2, 1, 0.5, word, True, {word: True})
        found = Found(word, word, word, [hit], 1.0, 1.0, 2.0, 5)
        pair = Pair(word, word, word, word, [(0.5, 0.4)])
        return found_html([found], lambda row: "data:,", 3, word) + pairs_html([pair], [word], 1)

    same(made, word)
