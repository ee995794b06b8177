"""The explorer's figure without its points: what a reloaded page draws, layout, sizes, and the words of hover boxes."""

from __future__ import annotations

import html
from typing import Any

import plotly.graph_objects as go

from workbench.widgets.source import Source

HEIGHT = 520
INK = "#888888"  # legible on a white and on a dark page; static/explorer.css replaces it by the theme's own colour
GRID = "rgba(136,136,136,0.22)"
CONFIG = {
    "displaylogo": False,
    "showSendToCloud": False,  # a button that sends the data to a company
    "scrollZoom": True,
    "responsive": True,
    "displayModeBar": True,
    "modeBarButtonsToRemove": ["autoScale2d", "resetCameraLastSave3d"],
    "toImageButtonOptions": {"format": "png", "filename": "embedding", "scale": 2},
}
# Plotly's numbers of the symbols: it checks 50,000 names, one by one, for 0.3 s.
SYMBOL_NUMBERS = {
    "circle": 0,
    "square": 1,
    "diamond": 2,
    "cross": 3,
    "x": 4,
    "triangle-up": 5,
    "triangle-down": 6,
    "triangle-left": 7,
    "triangle-right": 8,
    "pentagon": 13,
    "hexagon": 14,
    "star": 17,
    "bowtie": 26,
}
SYMBOLS_3D = {"circle", "cross", "diamond", "square", "x"}  # what WebGL's 3-D points can be


class Figure(go.FigureWidget):
    """A FigureWidget that a reloaded page draws as it is now: plotly's own hands out the figure as it was made."""

    def get_state(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """State for the page, with the current data and layout in the place of the first."""
        state = super().get_state(*args, **kwargs)
        for name, current in (("_widget_data", "_data"), ("_widget_layout", "_layout")):
            if name in state and hasattr(self, current):  # not yet where the widget is just being made
                to_json = self.trait_metadata(name, "to_json", self._trait_to_json)
                # Not of a copy: a copy of plotly's mark for "undefined", which a lasso leaves in the data, is no mark any more.
                state[name] = to_json(getattr(self, current), self)
        # The page may tell of an outline after it was taken away here; a page drawn with it would select its points again.
        if isinstance(layout := state.get("_widget_layout"), dict):
            layout.pop("selections", None)
        return state


def figure_layout(solid: bool = False) -> dict[str, Any]:
    """A transparent ground, which fits a light and a dark page; equal scales, so that distances can be compared. `solid`: in 3-D."""
    clear = "rgba(0,0,0,0)"
    axis = {"showticklabels": False, "zeroline": False, "gridcolor": GRID, "ticks": ""}
    found = {
        "template": "none",
        "height": HEIGHT,
        "autosize": True,
        "margin": {"l": 28, "r": 8, "t": 32, "b": 30},
        "paper_bgcolor": clear,
        "plot_bgcolor": clear,
        "font": {"color": INK, "size": 12},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "align": "left",
            "bgcolor": "#333333",
            "bordercolor": "#333333",
            "font": {"color": "#ffffff", "size": 11},
        },
        "modebar": {"bgcolor": clear, "color": INK, "activecolor": "#0072B2", "orientation": "h"},
    }
    if solid:
        walls = {**axis, "showbackground": False, "showspikes": False}
        scene = {"xaxis": walls, "yaxis": walls, "zaxis": walls, "aspectmode": "data", "dragmode": "orbit"}
        return found | {"scene": scene, "margin": {"l": 0, "r": 0, "t": 32, "b": 0}}
    return found | {
        "hoverdistance": 12,
        "dragmode": "lasso",
        "newselection": {"line": {"color": INK, "width": 1.5, "dash": "dot"}},
        "xaxis": {**axis, "title": {"standoff": 6}},
        "yaxis": {**axis, "title": {"standoff": 6}, "scaleanchor": "x"},
    }


def marker_size(count: int) -> int:
    """Pixels of a point: smaller where there are many."""
    return 9 if count < 400 else 7 if count < 2500 else 5


def hover_texts(source: Source) -> list[str]:
    """What the hover box says of each clip; escaped, since plotly reads a little HTML."""
    columns = source.parts[:6]
    lines = [
        [f"{html.escape(c)}: {html.escape(source.words(c, v))}" for v in source.table[c].tolist()] for c in columns
    ]
    names = [f"<b>{source.name(row)}</b>" for row in range(len(source.ids))]
    return ["<br>".join((name, *facts)) for name, *facts in zip(names, *lines, strict=True)]
