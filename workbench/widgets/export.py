"""A view as one page of HTML: the map with its colours, and clips that move on a click, without kernel and network."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.files import whole_file
from workbench.widgets.colours import Colouring
from workbench.widgets.content import moving
from workbench.widgets.figure import CONFIG, figure_layout, hover_texts, marker_size
from workbench.widgets.source import Source

if TYPE_CHECKING:
    import plotly.graph_objects as go

STATIC = Path(__file__).parent / "static"
MOST_CLIPS = 2000  # that a page carries: about 5 KB each at 24×24×8
MOST_POINTS = 50_000


def export_page(
    path: str | Path,
    source: Source,
    coordinates: np.ndarray,
    colours: Colouring,
    titles: Sequence[str],
    chosen: Sequence[int] = (),
    said: str = "",
) -> Path:
    """Write the page; `chosen` rows carry their clips first, then rows drawn evenly, `MOST_CLIPS` in all. Gives its path.

    Raises where nothing is drawn or the file cannot be written; a file that is there is replaced only by a whole one.
    """
    from plotly.offline import get_plotlyjs

    path = Path(path).expanduser()
    if path.suffix.lower() not in (".html", ".htm"):
        raise WorkbenchError(f"'{path}' is to hold a page: give a name that ends with .html.")
    shown = np.flatnonzero(np.isfinite(coordinates).all(1))
    if not len(shown):
        raise WorkbenchError("No point is shown, so there is nothing to export.")
    every = len(shown)
    if every > MOST_POINTS:
        shown = shown[np.linspace(0, len(shown) - 1, MOST_POINTS).astype(int)]
    carried = _carried(shown, chosen)
    figure = figure_of(source, coordinates, colours, titles, shown)
    facts = [*source.discrete, *source.predicted]
    clips = {
        int(place): {
            "name": source.name(int(row)),
            "src": moving(source, int(row)),
            "facts": [[name, source.word(name, int(row))] for name in facts],
        }
        for place, row in enumerate(shown)
        if int(row) in carried
    }
    legend = [[entry.name, entry.colour, entry.count] for entry in colours.entries]
    drawn = f" Drawn are {len(shown):,} of {every:,} points, evenly." if len(shown) < every else ""
    left = f" Of {len(shown):,} points {len(clips):,} carry their clips." if len(clips) < len(shown) else ""
    page = (STATIC / "export.html").read_text(encoding="utf-8")
    parts = {
        "TITLE": html.escape(f"{source.run} on {source.benchmark}"),
        "SAID": html.escape(said + drawn + left),
        "LEGEND_TITLE": html.escape(colours.column),
        "PLOTLY": get_plotlyjs(),
        "DATA": _for_script(
            {"figure": json.loads(figure.to_json()), "config": CONFIG, "clips": clips, "legend": legend}
        ),
    }
    for name, text in parts.items():
        page = page.replace(f"{{{{{name}}}}}", text, 1)
    with whole_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def figure_of(
    source: Source, coordinates: np.ndarray, colours: Colouring, titles: Sequence[str], rows: np.ndarray | None = None
) -> go.Figure:
    """The map as a plotly figure of its own, for `write_html` and `write_image`; `rows`: some of the points."""
    import plotly.graph_objects as go

    rows = np.arange(len(coordinates)) if rows is None else rows
    solid = coordinates.shape[1] == 3
    marker = colours.marker()
    marker = {**marker, "color": colours.codes[rows], "symbol": [colours.symbols[row] for row in rows]}
    texts = hover_texts(source)
    kind: Any = go.Scatter3d if solid else go.Scattergl if len(rows) >= MOST_CLIPS else go.Scatter
    points = {name: values for name, values in zip("xyz", coordinates[rows].T, strict=False)}
    trace = kind(
        mode="markers",
        marker={**marker, "size": marker_size(len(rows))},
        text=[texts[row] for row in rows],
        hovertemplate="%{text}<extra></extra>",
        **points,
    )
    layout = figure_layout(solid)
    axes = layout["scene"] if solid else layout
    for name, title in zip("xyz", titles, strict=False):
        axes[f"{name}axis"] = {**axes[f"{name}axis"], "title": {"text": title}}
    return go.Figure([trace], layout)


def _carried(shown: np.ndarray, chosen: Sequence[int]) -> set[int]:
    """Rows that carry their clips."""
    here = set(shown.tolist())
    first = [row for row in chosen if row in here][:MOST_CLIPS]
    rest = shown[~np.isin(shown, first)]
    if room := min(MOST_CLIPS - len(first), len(rest)):
        first += rest[np.unique(np.linspace(0, len(rest) - 1, room).astype(int))].tolist()
    return set(first)


def _for_script(value: Any) -> str:
    """JSON that a script element holds: no text of a caption can end the element."""
    return (
        json.dumps(value, ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )
