"""What a person does in JupyterLab with the explorer, for Playwright."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import REPOSITORY, Lab

OUTPUT = REPOSITORY / "tests" / "output"
SECONDS = 1000.0  # Playwright counts milliseconds
START = 240 * SECONDS  # a kernel, torch and plotly on a busy machine
WAIT = 60 * SECONDS
TRIES = 6
LEFT_PART = [(0.01, 0.01), (0.6, 0.01), (0.6, 0.99), (0.01, 0.99), (0.01, 0.03)]  # of a plot, to draw a lasso around
# Around all points of the large plot, begun beside them.
ALL_OF_LARGE = [(0.02, 0.3), (0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98), (0.02, 0.32)]

# What JupyterLab itself says on the console of a healthy page. Anything else of level "error" fails a test.
NOISE = (
    "Disabling terminals plugin",  # the tests' server has none
    "is taking too long to activate",  # a busy machine
    "WebSocket is closed before the connection is established",  # JupyterLab gives up a first connection to a new kernel
    "favicon.ico",
)


class Watched:
    """Collects a page's errors, JupyterLab's own noise left out."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(noise in message.text for noise in NOISE):
            self.errors.append(message.text)


def place_notebook(lab: Lab, name: str, cells: Sequence[str] | None = None) -> str:
    """A copy of the explore notebook in the lab's folder, or one with the given cells; gives its file name."""
    target = lab.folder / f"{name}.ipynb"
    source = REPOSITORY / "notebooks" / "explore.ipynb"
    if cells is None:
        shutil.copy(source, target)
    else:
        notebook = json.loads(source.read_text())
        notebook["cells"] = [
            {
                "cell_type": "code",
                "id": f"cell-{i}",
                "metadata": {},
                "source": cell,
                "outputs": [],
                "execution_count": None,
            }
            for i, cell in enumerate(cells)
        ]
        target.write_text(json.dumps(notebook))
    return target.name


def command(page: Page, name: str, **arguments: Any) -> None:
    """Run a command of JupyterLab."""
    page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args)", [name, arguments])


def open_and_run(page: Page, lab: Lab, notebook: str) -> None:
    """Open a notebook, wait for its kernel, run all cells, and bring the explorer into view."""
    page.goto(lab.url(notebook), wait_until="domcontentloaded", timeout=START)
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=START)
    expect(page.locator("#jp-main-statusbar").get_by_text("Idle")).to_be_visible(timeout=START)
    command(page, "application:toggle-left-area")
    command(page, "notebook:run-all-cells")
    expect(page.locator(".wbx-explorer")).to_be_visible(timeout=START)


@contextmanager
def new_page(browser: Browser, width: int = 1280, height: int = 900) -> Iterator[Page]:
    """A page that shares nothing with another. When it closes, its console must hold no error."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    watched = Watched(page)
    try:
        yield page
    finally:
        context.close()
    assert watched.errors == []


class ExplorerPage:
    """The explorer on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator(".wbx-explorer").first
        self.plot = self.root.locator(".js-plotly-plot")
        self.status = self.root.locator(".wbx-status")
        self.panel = self.root.locator(".wbx-clip-view")
        self.title = self.panel.locator("h3").first
        self.legend = self.root.locator(".wbx-legend-view")
        self.table = self.root.locator(".wbx-table-view")

    def wait_for_points(self, count: int, timeout: float = START) -> None:
        """Until the plot has `count` points and listens to the mouse."""
        self.page.wait_for_function(
            """(count) => {
                const plot = document.querySelector(".wbx-explorer .js-plotly-plot");
                return plot?._fullData?.[0]?.x?.length === count && plot.dataset.wbxRelay === "on";
            }""",
            arg=count,
            timeout=timeout,
        )
        self.scroll_to()

    def scroll_to(self) -> None:
        """Bring the explorer to the top of the page."""
        self.root.evaluate("(root) => root.scrollIntoView()")
        self.page.wait_for_timeout(300)

    def wait_for(self, condition: str, argument: Any = None) -> None:
        """Until a JavaScript condition over `plot` and `arg` holds."""
        self.page.wait_for_function(
            f"(arg) => {{ const plot = document.querySelector('.wbx-explorer .js-plotly-plot'); return plot?._fullData?.length && {condition}; }}",
            arg=argument,
        )

    def read(self, expression: str, argument: Any = None) -> Any:
        """Value of a JavaScript expression over `plot`, the plot's element, and `arg`."""
        return self.plot.evaluate(f"(plot, arg) => {{ {body(expression)} }}", argument)

    def at(self, row: int) -> tuple[float, float]:
        """Where on the page the point of a row is."""
        x, y = self.read(
            """{ const box = plot.getBoundingClientRect(), { xaxis, yaxis, _size } = plot._fullLayout, data = plot._fullData[0];
                 return [box.left + _size.l + xaxis.c2p(data.x[arg]), box.top + _size.t + yaxis.c2p(data.y[arg])]; }""",
            row,
        )
        return x, y

    def lonely(self) -> list[int]:
        """Rows whose points can be clicked on, the most lonely first: others lie on each other."""
        return self.read(
            """{ const { xaxis, yaxis } = plot._fullLayout, data = plot._fullData[0];
                 const at = [...data.x].map((x, i) => [xaxis.c2p(x), yaxis.c2p(data.y[i])]);
                 const near = at.map((p, i) => Math.min(...at.map((q, j) => (i === j ? 1e9 : Math.hypot(p[0] - q[0], p[1] - q[1])))));
                 return near.map((d, i) => [d, i]).sort((a, b) => b[0] - a[0]).map((pair) => pair[1]); }"""
        )

    def click_point(self, row: int) -> None:
        """Click on the point of a row."""
        self.page.mouse.move(*self.at(row))
        self.page.wait_for_timeout(150)  # plotly finds the point under the mouse by the move before the click
        self.page.mouse.click(*self.at(row))

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where on the page a share of the plot's width and height is."""
        left, top, width, height = self.read(
            """{ const box = plot.getBoundingClientRect(), { l, t, w, h } = plot._fullLayout._size;
                 return [box.left + l, box.top + t, w, h]; }"""
        )
        return left + x * width, top + y * height

    def drag_through(self, corners: Sequence[tuple[float, float]]) -> None:
        """Drag the mouse through places given as shares of the plot's width and height."""
        places = [self.place(*corner) for corner in corners]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=8)
        self.page.mouse.up()

    def wait_for_large(self) -> None:
        """Until the plot of many points has drawn some: pixels that are not grey."""
        canvas = self.root.locator("canvas").first
        for _ in range(int(WAIT / SECONDS)):
            picture = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("RGB"), np.int16)
            if (np.ptp(picture, axis=2) > 60).any():
                return
            self.page.wait_for_timeout(SECONDS)
        raise AssertionError("The plot of many points stays empty.")

    def wait_for_still(self) -> None:
        """Until the plot of many points no longer changes: two pictures of it, half a second apart, are the same."""
        canvas, before = self.root.locator("canvas").first, b""
        for _ in range(int(2 * WAIT / SECONDS)):
            picture = canvas.screenshot()
            if picture == before:
                return
            before = picture
            self.page.wait_for_timeout(0.5 * SECONDS)
        raise AssertionError("The plot of many points does not come to rest.")

    def drag_in_large(self, corners: Sequence[tuple[float, float]]) -> None:
        """As `drag_through`, in the plot of many points."""
        left, top, width, height = self.large_box()
        places = [(left + x * width, top + y * height) for x, y in corners]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=8)
            self.page.wait_for_timeout(100)  # a lasso takes up a place where some time has passed
        self.page.mouse.up()
        self.page.wait_for_timeout(300)  # the plot looks at the mouse once a frame; before, what moves it moves the map

    def click_in_large(self, right: float, up: float) -> None:
        """Click into the plot of many points until a clip shows: shares of its height, from its middle.

        The plot passes over a click whose press and release its thread sees half a second apart, as on a busy machine.
        """
        left, top, width, height = self.large_box()
        place = left + width / 2 + right * height, top + height / 2 - up * height
        for _ in range(TRIES):
            self.page.mouse.move(*place)
            self.page.wait_for_timeout(SECONDS)
            self.page.mouse.click(*place)
            try:
                self.title.wait_for(timeout=WAIT / TRIES)
            except PlaywrightTimeout:
                self.page.mouse.move(left + width / 2, top - 20)
            else:
                return
        raise AssertionError(f"No clip shows after {TRIES} clicks into the plot of many points.")

    def large_box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the plot of many points, scrolled into view."""
        canvas = self.root.locator("canvas").first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        return box["x"], box["y"], box["width"], box["height"]

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a menu."""
        self.root.get_by_label(label, exact=True).select_option(option)

    def page_of(self, name: str) -> None:
        """Show one of the parts below the map."""
        self.root.locator(".widget-toggle-button", has_text=name).first.click()

    def screenshot(self, name: str) -> Path:
        """Keep a picture of the page under tests/output."""
        OUTPUT.mkdir(parents=True, exist_ok=True)
        path = OUTPUT / f"{name}.png"
        self.page.screenshot(path=path)
        return path


def body(expression: str) -> str:
    """A function's body: a block as it is, an expression returned."""
    return expression if expression.lstrip().startswith("{") else f"return {expression};"


def frames_of(source: str) -> int:
    """Number of frames of a picture given as a data address."""
    import base64
    import io

    from PIL import Image

    head, data = source.split(",", 1)
    assert head == "data:image/webp;base64", head
    return int(getattr(Image.open(io.BytesIO(base64.b64decode(data))), "n_frames", 1))
