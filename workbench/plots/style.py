"""How every figure looks: colours that the colour-blind tell apart, fonts, and scales that stay readable in grey."""

from __future__ import annotations

from typing import Any

# Okabe and Ito's colours; symbols, dashes or patterns go with them, so that no figure rests on colour alone.
BLACK, GREY = "#111111", "#777777"
BLUE, VERMILION, GREEN, PINK, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
COLOURS = (BLUE, VERMILION, GREEN, PINK, ORANGE, SKY, BLACK, GREY)
SYMBOLS = ("diamond", "triangle-up", "cross", "x", "star", "hexagon", "square", "circle")
DASHES = ("dash", "dashdot", "longdash", "longdashdot", "dot", "dash", "solid", "dot")
PATTERNS = ("", "/", "x", ".", "-", "+", "|", "\\")
FONT = {"family": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", "size": 13, "color": "#1b1f24"}
GRID = "#e3e6ea"
SCALE = "Cividis"  # from dark to light in even steps, so a heat map reads in grey; numbers stand in its cells too


def layout(title: str, **more: Any) -> dict[str, Any]:
    """Layout that every figure starts from."""
    return {
        "title": {"text": title, "x": 0, "xanchor": "left", "font": {"size": 15}},
        "font": FONT,
        "plot_bgcolor": "white",
        "paper_bgcolor": "white",
        "margin": {"l": 60, "r": 20, "t": 60, "b": 50},
        **more,
    }


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis with light lines behind the data."""
    return {"title": {"text": title}, "gridcolor": GRID, "zeroline": False, "linecolor": GREY, **more}
