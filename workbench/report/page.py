"""An executed notebook as HTML: what it says and shows, without its code, a kernel or a network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from workbench.report.formats import PLOTLY_MIME, has_figures

HERE = Path(__file__).resolve().parent
TEMPLATES, STATIC = HERE / "template", HERE / "static"
SHOWN = [PLOTLY_MIME, "text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain"]
After = Callable[[Mapping[str, Any]], str]


def page(notebook: Any, title: str, origin: Mapping[str, str] | None = None) -> str:
    """One self-contained HTML document of `notebook` (a notebook node with outputs); below each table stands its `origin`."""
    from jinja2 import Environment, FileSystemLoader

    made = origin_html(origin) if origin else ""
    figures = has_figures(notebook)
    template = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("standalone.html.j2")
    return template.render(
        title=title,
        body=fragment(notebook, lambda about: made if about.get("kind") == "table" else ""),
        css=(STATIC / "report.css").read_text(encoding="utf-8"),
        plotly=plotly_script() if figures else "",
        drawing=(STATIC / "figures.js").read_text(encoding="utf-8"),
    )


def fragment(notebook: Any, after: After) -> str:
    """The HTML of the notebook's text and outputs; `after` gives what follows an HTML output from what is told of it."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    exporter = HTMLExporter(
        config=Config({"NbConvertBase": {"display_data_priority": SHOWN}}),
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
        filters={"json_in_script": json_in_script, "after_table": after, "markdown2html": markdown_html},
    )
    html, _ = exporter.from_notebook_node(notebook)
    return anchored(html)


def markdown_html(source: str) -> str:
    """Markdown as HTML. Markup in it is text and a link runs no script, since names that a person gave stand in it."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def block_mermaidjs(self, code: str) -> str:  # theirs puts the text into the page as it stands
            return f"<pre><code>{self.escape_html(code)}</code></pre>"

    renderer = Renderer(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(source))


def anchored(html: str) -> str:
    """The same with an address at every heading of the second level that has none."""
    seen: dict[str, int] = {}

    def named(found: re.Match[str]) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"<[^>]+>|&\w+;", "", found[1]).lower()).strip("-")
        seen[words] = seen.get(words, 0) + 1
        return f'<h2 id="section-{words}{f"-{seen[words]}" if seen[words] > 1 else ""}">{found[1]}</h2>'

    return re.sub(r"<h2>(.*?)</h2>", named, html, flags=re.S)


def origin_html(origin: Mapping[str, str], links: str = "") -> str:
    """What a table says of its making, to be opened."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd><code>{escape(text)}</code></dd>" for name, text in origin.items())
    return f'<details class="origin"><summary>How this table was made</summary><dl>{facts}</dl>{links}</details>'


def json_in_script(value: Any) -> str:
    """JSON that is safe inside a `<script>` element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def plotly_script() -> str:
    """plotly.js as installed with the Python package."""
    from plotly.offline import get_plotlyjs

    return get_plotlyjs()
