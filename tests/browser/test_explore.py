"""The explore notebook in real JupyterLab, used as a person uses it.

The tests of the notebook share one page, as one sitting would; each begins with what it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import expect

from tests.browser.driver import (
    LEFT_PART,
    OUTPUT,
    START,
    WAIT,
    ExplorerPage,
    command,
    frames_of,
    new_page,
    open_and_run,
    place_notebook,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.conftest import Lab

expect.set_options(timeout=WAIT)
pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLIPS = 100  # test clips of the smoke preset
CORNER = [(0.005, 0.005), (0.03, 0.005), (0.03, 0.03), (0.005, 0.03), (0.005, 0.01)]


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[ExplorerPage]:
    """The explore notebook, all cells run, with its points drawn."""
    with new_page(browser) as page:
        open_and_run(page, lab, place_notebook(lab, "explore"))
        explorer = ExplorerPage(page)
        explorer.wait_for_points(CLIPS)
        yield explorer


@pytest.fixture
def explore(notebook: ExplorerPage, request: pytest.FixtureRequest) -> Iterator[ExplorerPage]:
    """The shared page, in the state of a first look; a picture is kept afterwards, whatever happened."""
    notebook.scroll_to()
    notebook.page_of("Selection")
    notebook.choose("Run", "baseline-smoke-s0")
    notebook.choose("Clips", "motion48")
    notebook.choose("Projection", "PCA")
    notebook.choose("Colour", "texture")
    expect(notebook.legend).to_contain_text("Colour: texture")
    if (clear := notebook.table.get_by_role("button", name="Clear")).is_enabled():
        clear.click()
    expect(notebook.table.locator("h3")).to_have_text("No clips selected")
    notebook.scroll_to()  # Playwright scrolls to what it presses
    yield notebook
    notebook.screenshot(re.sub(r"\W+", "_", request.node.name).strip("_"))


def test_a_click_shows_the_moving_clip_and_its_moving_neighbours(explore: ExplorerPage) -> None:
    expect(explore.status).to_contain_text("baseline-smoke-s0 on 100 test clips of motion48")
    expect(explore.plot.locator(".xtitle")).to_contain_text("of the variance")
    row = explore.lonely()[0]
    explore.click_point(row)
    expect(explore.title).to_have_text(f"Clip {row}")
    main = explore.panel.locator(".wbx-main img")
    expect(main).to_be_visible()
    assert frames_of(main.get_attribute("src") or "") == 8
    neighbours = explore.panel.locator(".wbx-neighbour")
    expect(neighbours).to_have_count(8)
    for image in neighbours.locator("img").all():
        assert frames_of(image.get_attribute("src") or "") == 8
        assert image.evaluate("image => image.complete && image.naturalWidth") == 16
    expect(explore.panel.locator(".wbx-facts").first).to_contain_text("texture")
    assert explore.read("plot._fullData[2].x.length") == 1 and explore.read("plot._fullData[1].x.length") == 8


def test_a_neighbour_is_looked_at_and_back(explore: ExplorerPage) -> None:
    row = explore.lonely()[1]
    explore.click_point(row)
    first = f"Clip {row}"
    expect(explore.title).to_have_text(first)
    neighbour = explore.panel.locator(".wbx-neighbour").first
    label = neighbour.get_attribute("aria-label") or ""
    neighbour.click()
    expect(explore.title).not_to_have_text(first)
    assert f"{explore.title.inner_text()}," in label
    explore.panel.get_by_role("button", name=re.compile("Back")).click()
    expect(explore.title).to_have_text(first)


def test_colour_by_class_and_by_number(explore: ExplorerPage) -> None:
    expect(explore.legend.locator(".wbx-entry")).to_have_count(10)
    assert len(set(explore.read("[...plot._fullData[0].marker.symbol]"))) == 10
    assert len(set(explore.read("[...plot._fullData[0].marker.color]"))) == 8
    explore.choose("Colour", "speed")
    expect(explore.legend.locator(".wbx-ramp")).to_be_visible()
    explore.wait_for("new Set(plot._fullData[0].marker.symbol).size === 1")


def test_a_lasso_selects_and_python_has_the_data_frame(explore: ExplorerPage) -> None:
    inside = explore.read(
        """{ const { xaxis, yaxis, _size } = plot._fullLayout, data = plot._fullData[0];
             return [...data.x].filter((x, i) => {
               const u = xaxis.c2p(x) / _size.w, v = yaxis.c2p(data.y[i]) / _size.h;
               return u > 0.01 && u < 0.6 && v > 0.01 && v < 0.99;
             }).length; }"""
    )
    assert 0 < inside < CLIPS
    explore.click_point(explore.lonely()[2])
    explore.drag_through(LEFT_PART)
    expect(explore.table.locator("h3")).to_have_text(f"{inside} clips selected of 100")
    expect(explore.table.locator("tbody tr")).to_have_count(inside)
    assert len(explore.read("plot._fullData[0].selectedpoints")) == inside
    explore.screenshot("explore_1280")
    page = explore.page
    cell = page.locator(".jp-CodeCell").nth(1)
    cell.locator(".cm-content").click()
    command(page, "notebook:run-cell")
    expect(cell.locator(".jp-OutputArea-output tbody tr")).to_have_count(inside)


def test_an_empty_lasso_a_box_and_a_double_click(explore: ExplorerPage) -> None:
    explore.drag_through(CORNER)
    expect(explore.status).to_contain_text("no points inside")
    explore.wait_for("plot._fullData[0].selectedpoints === undefined")
    explore.plot.locator('.modebar-btn[data-title="Box Select"]').click()
    explore.drag_through([(0.01, 0.01), (0.99, 0.99)])
    expect(explore.table.locator("h3")).to_have_text("100 clips selected of 100")
    explore.drag_through([(0.5, 0.05), (0.99, 0.95)])  # begins inside the first box, and takes its place
    expect(explore.table.locator("h3")).not_to_have_text("100 clips selected of 100")
    explore.page.mouse.dblclick(*explore.place(0.01, 0.02))
    expect(explore.table.locator("h3")).to_have_text("No clips selected")
    explore.plot.locator('.modebar-btn[data-title="Lasso Select"]').click()


def test_a_class_of_the_legend_selects_its_clips(explore: ExplorerPage) -> None:
    explore.legend.locator(".wbx-entry").first.click()
    expect(explore.table.locator("h3")).to_have_text("10 clips selected of 100")
    explore.table.locator("tbody button").nth(1).click()
    expect(explore.panel).to_contain_text("2 of 10 selected")


def test_the_keyboard_alone(explore: ExplorerPage) -> None:
    """Without a mouse; and JupyterLab's one-letter commands (b: new cell) keep away."""
    page, cells = explore.page, explore.page.locator(".jp-Cell").count()
    row = explore.lonely()[0]
    explore.click_point(row)
    expect(explore.title).to_have_text(f"Clip {row}")
    explore.panel.focus()
    page.keyboard.press("ArrowRight")
    following = f"Clip {(row + 1) % CLIPS}"
    expect(explore.title).to_have_text(following)
    page.keyboard.press("3")
    expect(explore.title).not_to_have_text(following)
    page.keyboard.press("Backspace")
    expect(explore.title).to_have_text(following)
    page.keyboard.press("ArrowLeft")
    expect(explore.title).to_have_text(f"Clip {row}")
    page.keyboard.press("b")
    page.keyboard.press("a")
    assert page.locator(".jp-Cell").count() == cells
    entry = explore.legend.locator(".wbx-entry").nth(2)
    entry.focus()
    page.keyboard.press("Enter")
    expect(entry).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.activeElement.dataset.focus") == entry.get_attribute("data-focus")


def test_clips_stand_still_when_told_to(explore: ExplorerPage) -> None:
    explore.click_point(3)
    image = explore.panel.locator(".wbx-main img")
    pause = explore.panel.get_by_role("button", name=re.compile("Let the clips move"))
    expect(image).to_have_attribute("src", re.compile("^data:image/webp"))
    pause.click()
    expect(image).to_have_attribute("src", re.compile("^data:image/png"))
    explore.panel.get_by_role("button", name=re.compile("Next clip")).click()
    expect(image).to_have_attribute("src", re.compile("^data:image/png"))
    pause.click()
    expect(image).to_have_attribute("src", re.compile("^data:image/webp"))


def test_another_run_and_other_clips(explore: ExplorerPage) -> None:
    before = explore.read("[...plot._fullData[0].x]")
    row = explore.lonely()[3]
    explore.click_point(row)
    expect(explore.title).to_have_text(f"Clip {row}")
    explore.choose("Run", "random-smoke-s0")
    expect(explore.status).to_contain_text("random-smoke-s0 on 100 test clips of motion48")
    expect(explore.title).to_have_text(f"Clip {row}")  # the same clip, as the other encoder sees it
    assert explore.read("[...plot._fullData[0].x]") != before
    explore.choose("Clips", "appearance100")
    expect(explore.status).to_contain_text("appearance100")
    expect(explore.panel).to_contain_text("Click on a point")


def test_umap(explore: ExplorerPage) -> None:
    before = explore.read("[...plot._fullData[0].x]")
    explore.choose("Projection", "UMAP")
    expect(explore.plot.locator(".xtitle")).to_have_text("UMAP 1", timeout=START)
    assert explore.read("[...plot._fullData[0].x]") != before
    row = explore.lonely()[0]
    explore.click_point(row)
    expect(explore.title).to_have_text(f"Clip {row}")


def test_zoom_stays_when_the_colour_changes(explore: ExplorerPage) -> None:
    whole = explore.read("plot._fullLayout.xaxis.range")
    explore.page.mouse.move(*explore.place(0.5, 0.5))
    explore.page.mouse.wheel(0, -400)
    explore.wait_for("plot._fullLayout.xaxis.range[0] > arg", whole[0])
    explore.page.wait_for_timeout(1000)  # plotly tells of a wheel some time after it
    zoomed = explore.read("plot._fullLayout.xaxis.range")
    explore.choose("Colour", "colour")
    expect(explore.legend).to_contain_text("Colour: colour")
    assert explore.read("plot._fullLayout.xaxis.range") == zoomed
    explore.plot.locator('.modebar-btn[data-title="Reset axes"]').click()
    explore.wait_for("plot._fullLayout.xaxis.range[0] <= arg", whole[0] + 1e-6)


def test_the_plot_stays_in_place_whatever_is_shown(explore: ExplorerPage) -> None:
    """A page that moves under the mouse makes a person click on something else."""
    places = [explore.plot.bounding_box()]
    explore.click_point(explore.lonely()[5])
    expect(explore.panel.locator(".wbx-neighbour")).to_have_count(8)
    places.append(explore.plot.bounding_box())
    explore.drag_through(LEFT_PART)
    expect(explore.table.locator("h3")).to_contain_text("selected of 100")
    places.append(explore.plot.bounding_box())
    explore.choose("Colour", "motion")
    expect(explore.legend.locator(".wbx-entry")).to_have_count(48)
    places.append(explore.plot.bounding_box())
    explore.page.mouse.dblclick(*explore.place(0.01, 0.02))
    expect(explore.table.locator("h3")).to_have_text("No clips selected")
    explore.page.wait_for_timeout(300)
    places.append(explore.plot.bounding_box())
    assert all(place == places[0] for place in places)


def test_no_button_sends_the_points_to_a_server(explore: ExplorerPage) -> None:
    titles = explore.plot.locator(".modebar-btn").evaluate_all("buttons => buttons.map(b => b.dataset.title)")
    assert titles == [
        "Download plot as a PNG",
        "Zoom",
        "Pan",
        "Box Select",
        "Lasso Select",
        "Zoom in",
        "Zoom out",
        "Reset axes",
    ]


@pytest.mark.parametrize(
    ("width", "theme"), [(1600, "JupyterLab Light"), (1600, "JupyterLab Dark"), (2560, "JupyterLab Light")]
)
def test_pictures_at_other_widths_and_in_the_dark(explore: ExplorerPage, width: int, theme: str) -> None:
    page = explore.page
    before = explore.read("plot._fullLayout.width")
    page.set_viewport_size({"width": width, "height": 1000})
    explore.wait_for("plot._fullLayout.width > arg", before)
    command(page, "apputils:change-theme", theme=theme)
    page.wait_for_timeout(500)
    explore.scroll_to()
    row = explore.lonely()[4]
    explore.click_point(row)
    expect(explore.title).to_have_text(f"Clip {row}")
    page.mouse.move(5, 5)
    page.wait_for_timeout(1500)
    ink = explore.plot.locator(".xtitle").evaluate("text => getComputedStyle(text).fill")
    light = sum(int(part) for part in re.findall(r"\d+", ink)[:3]) / 3
    assert (light > 150) == theme.endswith("Dark")
    explore.screenshot(f"explore_{width}_{theme.split()[-1].lower()}")
    page.set_viewport_size({"width": 1280, "height": 900})
    explore.wait_for("plot._fullLayout.width <= arg", before + 5)
    command(page, "apputils:change-theme", theme="JupyterLab Light")


def test_a_reloaded_page_shows_the_view_as_it_was(explore: ExplorerPage) -> None:
    row, other = explore.lonely()[:2]
    # After a lasso the figure holds plotly's mark for "undefined", which JSON does not know.
    explore.drag_through(LEFT_PART)
    expect(explore.table.locator("h3")).not_to_have_text("No clips selected")
    explore.click_point(row)
    expect(explore.title).to_have_text(f"Clip {row}")
    explore.legend.locator(".wbx-entry").nth(3).click()
    expect(explore.table.locator("h3")).to_have_text("10 clips selected of 100")
    selected = explore.read("[...plot._fullData[0].selectedpoints]")
    command(explore.page, "docmanager:save")
    explore.page.reload(wait_until="domcontentloaded")
    explore.wait_for_points(CLIPS)
    expect(explore.title).to_have_text(f"Clip {row}")
    assert len(set(explore.read("[...plot._fullData[0].marker.symbol]"))) == 10
    assert explore.read("[...plot._fullData[0].selectedpoints]") == selected
    assert explore.read("plot._fullData.slice(1).filter(ring => ring.visible).map(ring => ring.marker.size)") == [
        15,
        21,
    ]
    explore.click_point(other)
    expect(explore.title).to_have_text(f"Clip {other}")


def test_shape_filter_and_three_dimensions(explore: ExplorerPage) -> None:
    explore.choose("Shape", "size")
    expect(explore.legend).to_contain_text("Shape: size")
    explore.page_of("Filter")
    explore.choose("Filter by", "size")
    explore.root.locator("select[multiple]").select_option(["small"])
    expect(explore.status).to_contain_text("are shown: size small")
    assert explore.read("[...plot._fullData[0].x].filter(Number.isFinite).length") < CLIPS
    explore.root.get_by_role("button", name="Show all").click()
    explore.choose("Shape", "(as colour)")
    explore.choose("Axes", "3-D")
    explore.wait_for("plot._fullData[0].type === 'scatter3d'")
    expect(explore.panel).to_be_visible()
    explore.choose("Axes", "2-D")
    explore.wait_for("plot._fullData[0].type !== 'scatter3d'")


def test_spaces_and_probes_are_in_the_menus(explore: ExplorerPage) -> None:
    explore.choose("Colour", "label by attentive, right?")
    expect(explore.legend).to_contain_text("wrong")
    explore.choose("Space", "tokens")
    expect(explore.status).to_contain_text("test tokens of motion48")
    explore.wait_for(f"plot._fullData[0].x.length > {CLIPS}")
    explore.choose("Space", "pooled")
    explore.wait_for(f"plot._fullData[0].x.length === {CLIPS}")


def test_inside_a_clip(explore: ExplorerPage) -> None:
    explore.click_point(explore.lonely()[0])
    expect(explore.panel).to_contain_text("predicts")
    explore.panel.get_by_role("button", name="Show the clip's patch features").click()
    pictures = explore.panel.locator(".wbx-inside img")
    expect(pictures).to_have_count(2)
    assert all(frames_of(picture.get_attribute("src") or "") > 1 for picture in pictures.all())
    explore.panel.get_by_role("button", name="Show the clip's patch features").click()
    expect(pictures).to_have_count(0)


def test_a_lasso_is_summed_up_saved_and_given_as_a_file(explore: ExplorerPage) -> None:
    explore.drag_through(LEFT_PART)
    expect(explore.root.locator(".wbx-summary-view")).to_contain_text("Over-represented in the selection")
    with explore.page.expect_download() as download:
        explore.table.get_by_role("button", name="Save the selection as a CSV file").click()
    assert download.value.suggested_filename == "motion48-selection.csv"
    count = int(explore.table.locator("h3").inner_text().split()[0])
    assert len(Path(download.value.path()).read_text().splitlines()) == count + 1
    explore.root.get_by_label("Save as").fill("left part")
    explore.root.get_by_role("button", name="Save", exact=True).click()
    expect(explore.status).to_contain_text("Saved as 'left part'")


def test_over_training(explore: ExplorerPage) -> None:
    explore.page_of("Over training")
    explore.root.get_by_role("button", name="Load the steps").click()
    expect(explore.status).to_contain_text("At step 8.")
    before = explore.read("[...plot._fullData[0].x]")
    explore.root.get_by_role("slider").press("ArrowLeft")
    expect(explore.status).to_contain_text("At step 4.")
    explore.wait_for("Math.abs(plot._fullData[0].x[0] - arg) > 1e-9", before[0])


def test_the_exported_page_moves_clips_without_a_kernel(explore: ExplorerPage, browser: Browser, lab: Lab) -> None:
    explore.page_of("View")
    explore.root.get_by_label("Page", exact=True).fill("view.html")
    explore.root.get_by_role("button", name="Export HTML").click()
    expect(explore.status).to_contain_text("Written")
    with new_page(browser) as page:
        page.goto((lab.folder / "view.html").as_uri())
        page.locator("#map .main-svg").first.wait_for()
        page.get_by_role("button", name="Next").click()
        expect(page.locator("#name")).to_have_text("Clip 0")
        assert frames_of(page.locator("#shown img").get_attribute("src") or "") == 8
        page.keyboard.press("ArrowRight")
        expect(page.locator("#name")).to_have_text("Clip 1")
        page.screenshot(path=OUTPUT / "exported_page.png")
