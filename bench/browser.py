"""Explorer and comparer in real JupyterLab: from what a person does to what they see, in Debian's Chromium without a GPU.

python -m bench.browser

Planted features, so that the figures are those of the widgets alone. Bounds, warm: first view of 10,000 clips 3 s; selection → panel 300 ms;
linked highlight 400 ms; other colours for 50,000 points 500 ms; a clip moves 300 ms after its click; kernel memory flat over 500 clicks.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bench.machine import describe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Lab

EXPLORER = "from tests.widgets.planted import planted_explorer\nexplorer = planted_explorer({n})"
COMPARER = "from tests.widgets.planted_compare import planted_comparer\ncomparer = planted_comparer({n}, 2)\ncomparer"
REPEATS = 9
CLICKS = 500
# Milliseconds from an event on the page, `what`, to the first frame in which `seen`, which may name `before`, gives another
# value than before it.
TIMED = """async ([what, seen]) => {
  const read = new Function("before", `return ${seen}`), before = read();
  const started = await new Promise((go) => { document.addEventListener(what, () => go(performance.now()), { capture: true, once: true }); });
  while (read(before) === before) {
    if (performance.now() - started > 20000) return Infinity;
    await new Promise(requestAnimationFrame);
  }
  return performance.now() - started;
}"""
PLOT = "document.querySelector('.wbx-explorer .js-plotly-plot')"


def timed(page: Page, event: str, seen: str, act: Callable[[], Any]) -> float:
    """Milliseconds from `event`, which `act` brings about, to a change of the JavaScript expression `seen`."""
    page.evaluate("([script, args]) => { window.wbxTook = eval(script)(args); }", [TIMED, [event, seen]])
    act()
    return float(page.evaluate("() => window.wbxTook"))


def repeated(measure: Callable[[int], float]) -> str:
    """Median and range of repeats after one that warms up."""
    measure(0)
    found = [measure(i) for i in range(1, REPEATS + 1)]
    return f"{statistics.median(found):.0f} ms ({min(found):.0f} to {max(found):.0f}, {REPEATS} times)"


@contextmanager
def opened(browser: Browser, lab: Lab, name: str, cells: list[str]) -> Iterator[Page]:
    """A notebook of these cells, all run."""
    from tests.browser.driver import new_page, open_and_run, place_notebook

    with new_page(browser, height=1100) as page:
        open_and_run(page, lab, place_notebook(lab, name, cells))
        yield page


def explorer_of(page: Page, n: int) -> Any:
    """The explorer on the page, its points drawn."""
    from tests.browser.driver import ExplorerPage

    explorer = ExplorerPage(page)
    explorer.wait_for_points(n)
    return explorer


def first_view(page: Page, n: int) -> float:
    """Milliseconds from running the cell that shows the explorer again to its points drawn."""
    return float(
        page.evaluate(
            """async (n) => {
              const drawn = () => [...document.querySelectorAll(".wbx-explorer .js-plotly-plot")].find((p) => p !== old && p._fullData?.[0]?.x?.length === n);
              const old = document.querySelector(".wbx-explorer .js-plotly-plot"), started = performance.now();
              window.jupyterapp.commands.execute("notebook:run-all-cells");
              while (!drawn()) { if (performance.now() - started > 120000) return Infinity; await new Promise(requestAnimationFrame); }
              return performance.now() - started;
            }""",
            n,
        )
    )


def selected_in(explorer: Any, drag: Callable[[], Any], redraw: float) -> float:
    """Milliseconds from the end of a lasso to the heading of the selection; what was selected before is cleared.

    `redraw`: milliseconds in which all points are drawn anew; a drag that begins before is lost.
    """
    clear = explorer.table.get_by_role("button", name="Clear")
    if clear.is_enabled():
        clear.click()
        explorer.table.get_by_text("No clips selected").wait_for()
        explorer.page.wait_for_timeout(redraw)
    return timed(explorer.page, "mouseup", "document.querySelector('.wbx-table-view h3')?.textContent", drag)


def measure_explorer(browser: Browser, lab: Lab, n: int) -> None:
    """First view, selection, click, memory."""
    from tests.browser.driver import LEFT_PART

    with opened(browser, lab, f"explorer_{n}", [EXPLORER.format(n=n), "explorer"]) as page:
        explorer_of(page, n)
        print(f"first view of {n:,} clips, projection kept: {repeated(lambda _: first_view(page, n))}; bound 3,000 ms")
        explorer = explorer_of(page, n)
        took = repeated(lambda _: selected_in(explorer, lambda: explorer.drag_through(LEFT_PART), redraw=500))
        print(f"lasso → selection panel, {n:,} clips: {took}; bound 300 ms")
        # The title of the clip, once its picture is there: planted clips look alike, so that the picture does not tell them apart.
        title = """(() => { const view = document.querySelector('.wbx-clip-view'), image = view.querySelector('.wbx-main img');
          return image?.complete && image.naturalWidth ? view.querySelector('h3').textContent : before; })()"""

        def click(i: int) -> float:
            page.mouse.move(*explorer.at(17 * i))
            page.wait_for_timeout(150)
            return timed(page, "mouseup", title, lambda: page.mouse.click(*explorer.at(17 * i)))

        print(f"click → the clip moves, {n:,} clips: {repeated(click)}; bound 300 ms")
        measure_memory(page)


def measure_memory(page: Page) -> None:
    """The kernel's memory over many clips looked at, by the button that goes on to the next."""
    kernel = max(
        (
            process
            for process in psutil.process_iter(["cmdline"])
            if "ipykernel_launcher" in " ".join(process.info["cmdline"] or [])
        ),
        key=lambda process: process.create_time(),
    )
    onward = page.locator(".wbx-clip-view").get_by_role("button", name="Next clip")
    sizes = []
    for i in range(CLICKS + 1):
        if i % (CLICKS // 5) == 0:
            page.wait_for_timeout(500)
            sizes.append(kernel.memory_info().rss / 1e6)
        onward.first.click()
    print(
        f"kernel memory at every {CLICKS // 5}th of {CLICKS} clips looked at: {', '.join(f'{size:.0f}' for size in sizes)} MB"
    )


def measure_colour(browser: Browser, lab: Lab, n: int) -> None:
    """Other colours."""
    with opened(browser, lab, f"colour_{n}", [EXPLORER.format(n=n), "explorer"]) as page:
        explorer = explorer_of(page, n)
        seen = f"{PLOT}._fullData[0].marker.color"

        def recolour(i: int) -> float:
            return timed(page, "change", seen, lambda: explorer.choose("Colour", ("group", "size")[i % 2]))

        print(f"other colours for {n:,} points: {repeated(recolour)}; bound 500 ms")


def measure_large(browser: Browser, lab: Lab, n: int) -> None:
    """More points than plotly draws: first view, a lasso around all of them, other colours."""
    from tests.browser.driver import ALL_OF_LARGE, ExplorerPage

    cells = [EXPLORER.format(n=n) + "\nexplorer.open()", "explorer"]
    with opened(browser, lab, f"large_{n}", cells) as page:
        explorer = ExplorerPage(page)
        explorer.wait_for_large()
        legend = "document.querySelector('.wbx-legend-view')?.textContent"

        def recolour(i: int) -> float:
            page.wait_for_timeout(3000)
            return timed(page, "change", legend, lambda: explorer.choose("Colour", ("group", "size")[i % 2]))

        took = repeated(lambda _: selected_in(explorer, lambda: explorer.drag_in_large(ALL_OF_LARGE), redraw=5000))
        print(f"lasso around all → selection panel, {n:,} points: {took}")
        print(f"other colours → legend, {n:,} points: {repeated(recolour)}")


def measure_link(browser: Browser, lab: Lab, n: int) -> None:
    """Hover in one map, mark in the other."""
    from tests.browser.test_compare import ComparerPage

    with opened(browser, lab, f"comparer_{n}", [COMPARER.format(n=n)]) as page:
        comparer = ComparerPage(page)
        comparer.wait_for_points(n, 2)
        ring = "document.querySelectorAll('.wbx-comparer .wbc-ring')[1]?.getAttribute('data-row')"

        def hover(i: int) -> float:
            page.mouse.move(5, 5)
            page.wait_for_timeout(300)
            return timed(page, "mousemove", ring, lambda: page.mouse.move(*comparer.at(0, 31 * i + 7)))

        print(f"hover → mark in the other map, {n:,} clips: {repeated(hover)}; bound 400 ms")
        selected = "[...document.querySelectorAll('.wbx-comparer .js-plotly-plot')].map((p) => p._fullData[0].selectedpoints?.[0]).join()"
        entries = comparer.root.locator(".wbx-legend-view .wbx-entry")

        def choose(i: int) -> float:
            return timed(page, "click", selected, lambda: entries.nth(i % 2).click())

        print(f"class of the legend → selected in both maps, {n:,} clips: {repeated(choose)}; bound 400 ms")


def main() -> None:
    from tests.browser.conftest import running_lab
    from tests.conftest import chromium

    print(describe())
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        home = Path(name, "home")
        (home / "checkpoints").mkdir(parents=True)
        with running_lab(Path(name), home) as lab:
            measure_explorer(browser, lab, 10_000)
            measure_colour(browser, lab, 50_000)
            measure_link(browser, lab, 10_000)
            measure_large(browser, lab, 1_000_000)


if __name__ == "__main__":
    main()
