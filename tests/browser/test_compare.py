"""The compare notebook in real JupyterLab, used as a person uses it. The tests of the notebook share one page, as one sitting would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import expect

from tests.browser.conftest import REPOSITORY
from tests.browser.driver import (
    LEFT_PART,
    OUTPUT,
    START,
    WAIT,
    body,
    command,
    frames_of,
    new_page,
    open_and_run,
    place_notebook,
)

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.conftest import Lab

expect.set_options(timeout=WAIT)
pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLIPS = 100  # test clips of the smoke preset
SLOW = 5  # machines that tests share are slower than a person's; a person's limit is 400 ms


class ComparerPage:
    """The comparer on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator(".wbx-comparer").first
        self.plots = self.root.locator(".js-plotly-plot")
        self.status = self.root.locator(".wbx-status")
        self.panel = self.root.locator(".wbc-clip-view")
        self.title = self.panel.locator("h3").first
        self.table = self.root.locator(".wbx-table-view")
        self.tabs = self.root.get_by_role("tab")
        self.body = self.root.get_by_role("tabpanel")

    def wait_for_points(self, count: int, maps: int) -> None:
        """Until every map has its points and listens to the mouse, for clicks and for linked hover."""
        self.page.wait_for_function(
            """([count, maps]) => {
                const plots = [...document.querySelectorAll(".wbx-comparer .js-plotly-plot")];
                return plots.length === maps && plots.every((plot) =>
                  plot._fullData?.[0]?.x?.length === count && plot.dataset.wbxRelay === "on" && plot.dataset.wbcLink === "on");
            }""",
            arg=[count, maps],
            timeout=START,
        )
        expect(self.body).not_to_be_empty()
        self.top()

    def top(self) -> None:
        """Bring the comparer to the top of the page."""
        self.root.evaluate("(root) => root.scrollIntoView()")
        self.page.wait_for_timeout(300)

    def read(self, place: int, expression: str, argument: Any = None) -> Any:
        """Value of a JavaScript expression over `plot`, the map at `place`, and `arg`."""
        return self.plots.nth(place).evaluate(f"(plot, arg) => {{ {body(expression)} }}", argument)

    def at(self, place: int, row: int) -> tuple[float, float]:
        """Where on the page the point of a row is."""
        x, y = self.read(
            place,
            """{ const box = plot.getBoundingClientRect(), { xaxis, yaxis, _size } = plot._fullLayout, data = plot._fullData[0];
                 return [box.left + _size.l + xaxis.c2p(data.x[arg]), box.top + _size.t + yaxis.c2p(data.y[arg])]; }""",
            row,
        )
        return x, y

    def lonely(self, place: int) -> list[int]:
        """Rows whose points can be clicked on, the most lonely first."""
        found: list[int] = self.read(
            place,
            """{ const { xaxis, yaxis } = plot._fullLayout, data = plot._fullData[0];
                 const at = [...data.x].map((x, i) => [xaxis.c2p(x), yaxis.c2p(data.y[i])]);
                 const near = at.map((p, i) => Math.min(...at.map((q, j) => (i === j ? 1e9 : Math.hypot(p[0] - q[0], p[1] - q[1])))));
                 return near.map((d, i) => [d, i]).sort((a, b) => b[0] - a[0]).map((pair) => pair[1]); }""",
        )
        return found

    def hover(self, place: int, row: int) -> None:
        """Move the mouse onto the point of a row."""
        x, y = self.at(place, row)
        self.page.mouse.move(x - 30, y - 30)
        self.page.mouse.move(x, y, steps=3)
        self.page.wait_for_timeout(150)

    def click_point(self, place: int, row: int) -> None:
        """Click on the point of a row."""
        self.hover(place, row)
        self.page.mouse.click(*self.at(place, row))

    def drag_left_part(self, place: int) -> None:
        """Drag a lasso around the left part of a map."""
        left, top, width, height = self.read(
            place,
            """{ const box = plot.getBoundingClientRect(), { l, t, w, h } = plot._fullLayout._size;
                 return [box.left + l, box.top + t, w, h]; }""",
        )
        places = [(left + x * width, top + y * height) for x, y in LEFT_PART]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for corner in places[1:]:
            self.page.mouse.move(*corner, steps=8)
        self.page.mouse.up()

    def ring(self, place: int) -> Locator:
        """What marks the point that the mouse is on."""
        return self.plots.nth(place).locator(".wbc-ring")

    def screenshot(self, name: str, whole: bool = False) -> Path:
        """Keep a picture under tests/output: of the page, or of the whole comparer."""
        OUTPUT.mkdir(parents=True, exist_ok=True)
        path = OUTPUT / f"{name}.png"
        (self.root if whole else self.page).screenshot(path=path)
        return path


def notebook_cells() -> list[str]:
    """Code of the compare notebook, with the runs of the tests in the place of its own."""
    notebook = json.loads((REPOSITORY / "notebooks" / "compare.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert sum("baseline-standard-s0" in cell for cell in cells) == 2
    return [cell.replace("-standard-", "-smoke-") for cell in cells]


@pytest.fixture(scope="module")
def sitting(browser: Browser, lab: Lab) -> Iterator[ComparerPage]:
    """The compare notebook, all cells run, with its points drawn; at the end its console must hold no error."""
    with new_page(browser, height=1000) as page:
        open_and_run(page, lab, place_notebook(lab, "compare", notebook_cells()))
        comparer = ComparerPage(page)
        comparer.wait_for_points(CLIPS, 2)
        yield comparer


@pytest.fixture
def comparer(sitting: ComparerPage, request: pytest.FixtureRequest) -> Iterator[ComparerPage]:
    """The shared page; a picture is kept afterwards, whatever happened."""
    sitting.top()
    if (clear := sitting.table.get_by_role("button", name="Clear")).is_enabled():
        clear.click()
        expect(sitting.table.locator("h3")).to_have_text("No clips selected")
    sitting.top()
    yield sitting
    sitting.screenshot(re.sub(r"\W+", "_", request.node.name).strip("_"))


def test_the_notebook_ran_and_says_what_differs(comparer: ComparerPage) -> None:
    expect(comparer.status).to_contain_text("A baseline-smoke-s0, B random-smoke-s0 on 100 test clips of motion48")
    differs = comparer.root.get_by_role("region", name="What differs between the models")
    expect(differs).to_contain_text(
        "differ in the variant, baseline against random (random-smoke-s0 was never trained)"
    )
    outputs = comparer.page.locator(".jp-CodeCell .jp-OutputArea-output")
    assert (
        comparer.page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0 and outputs.count() >= 4
    )
    headings = comparer.root.locator(".wbc-heading")
    expect(headings.nth(1)).to_contain_text("of the spread does not fit")


def test_a_click_shows_the_moving_clip_with_its_neighbours_in_each_model(comparer: ComparerPage) -> None:
    for place in (0, 1):
        row = comparer.lonely(place)[place]
        comparer.click_point(place, row)
        expect(comparer.title).to_have_text(f"Clip {row}")
        for model in ("A, baseline-smoke-s0", "B, random-smoke-s0"):
            near = comparer.panel.get_by_role("region", name=f"Nearest clips in {model}")
            expect(near.locator("button")).to_have_count(8)
            for image in near.locator("img").all():
                assert frames_of(image.get_attribute("src") or "") == 8
        for other in (0, 1):
            assert comparer.read(other, "[...plot._fullData[2].x]") == [
                comparer.read(other, "plot._fullData[0].x[arg]", row)
            ]
            assert comparer.read(other, "plot._fullData[1].x.length") == 8
    comparer.screenshot("compare_1280_whole", whole=True)


def test_a_lasso_in_one_map_selects_in_the_other(comparer: ComparerPage) -> None:
    comparer.drag_left_part(0)
    expect(comparer.table.locator("h3")).to_contain_text("clips selected of 100")
    chosen = comparer.read(0, "[...plot._fullData[0].selectedpoints]")
    assert 0 < len(chosen) < CLIPS
    comparer.page.wait_for_function(
        "(n) => document.querySelectorAll('.wbx-comparer .js-plotly-plot')[1]._fullData[0].selectedpoints?.length === n",
        arg=len(chosen),
    )
    assert comparer.read(1, "[...plot._fullData[0].selectedpoints]") == chosen
    comparer.drag_left_part(1)
    comparer.page.wait_for_function(
        "(old) => String([...document.querySelectorAll('.wbx-comparer .js-plotly-plot')[0]._fullData[0].selectedpoints || []]) !== old",
        arg=",".join(map(str, chosen)),
    )


def test_hover_marks_the_same_clip_in_the_other_map_at_once(comparer: ComparerPage) -> None:
    row = comparer.lonely(0)[0]
    comparer.hover(0, row)
    for place in (0, 1):
        expect(comparer.ring(place)).to_be_visible()
        assert comparer.ring(place).get_attribute("data-row") == str(row)
        box = comparer.ring(place).bounding_box()
        assert box is not None
        x, y = comparer.at(place, row)
        assert abs(box["x"] + box["width"] / 2 - x) < 2 and abs(box["y"] + box["height"] / 2 - y) < 2
    comparer.page.mouse.move(5, 5)
    expect(comparer.ring(1)).to_be_hidden()


def test_a_neighbour_in_focus_is_marked_in_both_maps(comparer: ComparerPage) -> None:
    comparer.click_point(0, comparer.lonely(0)[0])
    neighbour = comparer.panel.locator(".wbx-neighbour").nth(3)
    neighbour.focus()
    for place in (0, 1):
        expect(comparer.ring(place)).to_be_visible()
        assert comparer.ring(place).get_attribute("data-row") == neighbour.get_attribute("data-row")


def test_tabs_by_keyboard(comparer: ComparerPage) -> None:
    page, cells = comparer.page, comparer.page.locator(".jp-Cell").count()
    comparer.tabs.first.click()
    expect(comparer.body).to_contain_text("neighbours changed most")
    said = {
        "Probes": "Accuracy on test clips",
        "Matrices": "workbench diagnose baseline-smoke-s0 --part disentangle --benchmark motion48",
        "Time": "--part time",
        "Spectra": "--part quality",
        "Curves": "random-smoke-s0, was never trained",
        "Audits": "gradient",
        "Settings": "optim.steps",
    }
    for title, words in said.items():
        page.keyboard.press("ArrowRight")
        tab = comparer.root.get_by_role("tab", name=title, exact=True)
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(tab).to_be_focused()
        expect(comparer.body).to_contain_text(words)
        assert (
            tab.evaluate("tab => document.getElementById(tab.getAttribute('aria-controls')).getAttribute('role')")
            == "tabpanel"
        )
        assert tab.evaluate("tab => getComputedStyle(tab).outlineStyle") == "solid"
        comparer.screenshot(f"compare_tab_{title.lower()}")
    page.keyboard.press("ArrowRight")
    expect(comparer.tabs.first).to_be_focused()
    page.keyboard.press("End")
    expect(comparer.tabs.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    expect(comparer.body).to_be_focused()
    page.keyboard.press("b")
    assert page.locator(".jp-Cell").count() == cells
    comparer.tabs.first.click()
    changed = comparer.body.get_by_role("button", name=re.compile("Look at clip")).first
    changed.focus()
    page.keyboard.press("Enter")
    expect(comparer.title).to_have_text((changed.get_attribute("title") or "").replace("Look at clip", "Clip"))


def test_the_clip_panel_by_keyboard(comparer: ComparerPage) -> None:
    row = comparer.lonely(0)[0]
    comparer.click_point(0, row)
    first = f"Clip {row}"
    expect(comparer.title).to_have_text(first)
    comparer.panel.focus()
    comparer.page.keyboard.press("ArrowRight")
    expect(comparer.title).not_to_have_text(first)
    comparer.page.keyboard.press("Backspace")
    expect(comparer.title).to_have_text(first)


def test_the_colour_is_that_of_all_maps(comparer: ComparerPage) -> None:
    comparer.root.get_by_label("Colour", exact=True).select_option("texture")
    for place in (0, 1):
        comparer.page.wait_for_function(
            "(place) => new Set(document.querySelectorAll('.wbx-comparer .js-plotly-plot')[place]._fullData[0].marker.symbol).size === 10",
            arg=place,
        )
    assert comparer.read(0, "[...plot._fullData[0].marker.color]") == comparer.read(
        1, "[...plot._fullData[0].marker.color]"
    )


@pytest.mark.parametrize(
    ("width", "theme"), [(2560, "JupyterLab Light"), (1280, "JupyterLab Dark"), (2560, "JupyterLab Dark")]
)
def test_pictures_at_other_widths_and_in_the_dark(comparer: ComparerPage, width: int, theme: str) -> None:
    page = comparer.page
    page.set_viewport_size({"width": width, "height": 1300})
    command(page, "apputils:change-theme", theme=theme)
    page.wait_for_timeout(1500)
    comparer.top()
    row = comparer.lonely(0)[4]
    comparer.click_point(0, row)
    expect(comparer.title).to_have_text(f"Clip {row}")
    comparer.root.get_by_role("tab", name="Curves").click()
    expect(comparer.body.locator("svg polyline").first).to_be_visible()
    ink = comparer.body.locator(".wbc-chart text").first.evaluate("text => getComputedStyle(text).fill")
    light = sum(int(part) for part in re.findall(r"\d+", ink)[:3]) / 3
    assert (light > 130) == theme.endswith("Dark")
    assert comparer.root.evaluate("root => root.scrollWidth <= root.clientWidth + 1")
    comparer.screenshot(f"compare_{width}_{theme.split()[-1].lower()}", whole=True)
    page.set_viewport_size({"width": 1280, "height": 1000})
    command(page, "apputils:change-theme", theme="JupyterLab Light")


def test_four_models_of_thousands_of_points(browser: Browser, lab: Lab) -> None:
    cell = "from tests.widgets.planted_compare import planted_comparer\ncomparer = planted_comparer(3000, 4)\ncomparer"
    with new_page(browser, height=1200) as page:
        open_and_run(page, lab, place_notebook(lab, "compare_many", [cell]))
        comparer = ComparerPage(page)
        comparer.wait_for_points(3000, 4)
        for place in range(4):
            assert comparer.read(place, "plot._fullData[0].type") == "scattergl"
        assert comparer.root.locator("script").count() == 0  # captions of markup are shown as they are
        comparer.hover(0, 1234)
        expect(comparer.ring(3)).to_be_visible()
        entry = comparer.root.locator(".wbx-legend-view .wbx-entry").first
        took = page.evaluate(
            """async (entry) => {
                const started = performance.now(), plots = [...document.querySelectorAll(".wbx-comparer .js-plotly-plot")];
                entry.click();
                while (!plots.every((plot) => plot._fullData[0].selectedpoints?.length === 750)) {
                  if (performance.now() - started > 60000) return Infinity;
                  await new Promise(requestAnimationFrame);
                }
                return performance.now() - started;
            }""",
            entry.element_handle(),
        )
        print(f"selected 750 of 3,000 points in four maps after {took:.0f} ms")
        assert took < 400 * SLOW
        comparer.screenshot("compare_many", whole=True)
