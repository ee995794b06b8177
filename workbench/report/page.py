"""The HTML page of an executed notebook: what it says and shows, without its code, a kernel or a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.report.figures import PLOTLY_MIME

TEMPLATES = Path(__file__).resolve().parent / "template"
SHOWN = [PLOTLY_MIME, "text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain"]


def page(notebook: Any, title: str) -> str:
    """One self-contained HTML document of `notebook` (a notebook node with outputs)."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    settings = Config({"NbConvertBase": {"display_data_priority": SHOWN}})
    exporter = HTMLExporter(
        config=settings,
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
        filters={"json_in_script": json_in_script},
    )
    css = (TEMPLATES / "page" / "page.css").read_text()
    plotly = plotly_script() if _has_figure(notebook) else ""
    html, _ = exporter.from_notebook_node(notebook, {"page": {"title": title, "css": css, "plotly": plotly}})
    return html


def json_in_script(value: Any) -> str:
    """JSON that is safe inside a `<script>` element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def plotly_script() -> str:
    """plotly.js as installed with the Python package."""
    from plotly.offline import get_plotlyjs

    return get_plotlyjs()


def _has_figure(notebook: Any) -> bool:
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return any(PLOTLY_MIME in output.get("data", {}) for output in outputs)
