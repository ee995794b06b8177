"""Cost against an amount of work: fitted exponents, their table, and a picture of the curves."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.files import whole_file


@dataclass(frozen=True)
class Line:
    """Seconds at each amount of one kind of work, and the exponent that is expected of them."""

    name: str
    amounts: Sequence[float]
    seconds: Sequence[float]
    expected: float

    @property
    def exponent(self) -> float:
        """Slope of log seconds over log amounts, by least squares over all."""
        return float(np.polyfit(np.log(self.amounts), np.log(self.seconds), 1)[0])

    @property
    def last(self) -> float:
        """The same between the two largest amounts, where what does not grow counts least."""
        return float(np.diff(np.log(self.seconds[-2:]))[0] / np.diff(np.log(self.amounts[-2:]))[0])


def table(lines: Sequence[Line]) -> str:
    """Markdown: amounts with their seconds, the exponent over all and between the last two, and the expected one."""
    rows = ["| work | amount: seconds | exponent | of the last two | expected |", "|---|---|---|---|---|"]
    for line in lines:
        points = ", ".join(f"{x:g}: {y:.3g}" for x, y in zip(line.amounts, line.seconds, strict=True))
        rows.append(f"| {line.name} | {points} | {line.exponent:.2f} | {line.last:.2f} | {line.expected:g} |")
    return "\n".join(rows)


def draw(lines: Sequence[Line], amount: str, path: str | Path) -> None:
    """Write a PNG of the curves on logarithmic axes; dashed: the expected exponent through the last point. Needs Chromium."""
    from plotly.subplots import make_subplots

    from tests.conftest import chromium
    from workbench.plots.style import BLUE, GREY

    columns = 3
    rows = -(-len(lines) // columns)
    titles = [f"{line.name}: {line.exponent:.2f}, expected {line.expected:g}" for line in lines]
    figure = make_subplots(rows, columns, subplot_titles=titles, vertical_spacing=0.42 / rows)
    for i, line in enumerate(lines):
        x, place = np.asarray(line.amounts), {"row": i // columns + 1, "col": i % columns + 1}
        wanted = line.seconds[-1] * (x / x[-1]) ** line.expected
        figure.add_scatter(x=x, y=wanted, mode="lines", line={"color": GREY, "dash": "dash"}, **place)
        figure.add_scatter(x=x, y=line.seconds, mode="lines+markers", line={"color": BLUE}, **place)
        figure.update_xaxes(type="log", tickvals=x, ticktext=[f"{value:g}" for value in x], title=amount, **place)
        figure.update_yaxes(type="log", title="seconds", dtick="D2", **place)
    figure.update_layout(
        width=1100, height=300 * rows, showlegend=False, template="plotly_white", font_size=11, margin_t=40
    )
    figure.update_annotations(font_size=12)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = browser.new_page(viewport={"width": 1110, "height": 300 * rows + 10})
        figure.write_html(Path(folder, "figure.html"), config={"displayModeBar": False})
        page.goto(f"file://{folder}/figure.html")
        page.wait_for_selector(".main-svg")
        with whole_file(Path(path)) as temporary:
            temporary.write_bytes(page.locator(".plotly-graph-div").screenshot())
