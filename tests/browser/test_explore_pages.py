"""The explorer in pages of its own: many points, nothing to show, a view that comes back, a sentence and a video that are searched for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import expect

from tests.browser.driver import (
    ALL_OF_LARGE,
    LEFT_PART,
    START,
    WAIT,
    ExplorerPage,
    frames_of,
    new_page,
    open_and_run,
    place_notebook,
)
from tests.widgets.planted import planted_explorer
from workbench.data.clips import load_clips
from workbench.encoders import open_encoder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.conftest import Lab

expect.set_options(timeout=WAIT)
pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLIPS = 100  # test clips of the smoke preset
CORNER = [(0.005, 0.005), (0.03, 0.005), (0.03, 0.03), (0.005, 0.03), (0.005, 0.01)]


def test_thousands_of_points_in_webgl(browser: Browser, lab: Lab) -> None:
    cell = "from tests.widgets.planted import planted_explorer\nexplorer = planted_explorer(3000)\nexplorer"
    with new_page(browser) as page:
        open_and_run(page, lab, place_notebook(lab, "webgl", [cell]))
        explorer = ExplorerPage(page)
        explorer.wait_for_points(3000)
        assert explorer.read("plot._fullData[0].type") == "scattergl"
        assert explorer.read("!!plot.querySelector('.gl-container canvas').getContext('webgl')")
        assert explorer.read("plot._fullData[0].selectedpoints") is None  # an empty list dims all of them
        explorer.drag_through(CORNER)
        expect(explorer.status).to_contain_text("no points inside")
        explorer.wait_for("plot._fullData[0].selectedpoints === undefined")
        explorer.click_point(1234)
        expect(explorer.title).to_have_text(re.compile(r"Clip \d+"))  # points of a group lie on each other
        explorer.drag_through(LEFT_PART)
        expect(explorer.table.locator("h3")).to_have_text(re.compile(r"^[\d,]+ clips selected of 3,000"))
        # A caption of markup is shown as it is.
        explorer.panel.locator("summary").click()
        expect(explorer.panel.locator(".wbx-more")).to_contain_text("<b>bold</b> & <script>alert(1)</script>")
        assert explorer.root.locator("script").count() == 0
        explorer.screenshot("webgl")


def share_of_large(row: int) -> tuple[float, float]:
    """Where a row of 60,000 planted points lies: shares of the plot's height, from its middle, to the right and up."""
    explorer = planted_explorer(60_000)
    explorer.open()
    at, scatter = explorer.plot.coordinates[row], explorer.plot.scatter
    domains = [getattr(scatter.widget, f"{name}_scale_domain") for name in "xy"]
    right, up = (float((value - sum(ends) / 2) / (ends[1] - ends[0])) for value, ends in zip(at, domains, strict=True))
    return right, up


def test_more_points_than_plotly_draws_are_selected_looked_at_and_coloured(browser: Browser, lab: Lab) -> None:
    cell = "from tests.widgets.planted import planted_explorer\nexplorer = planted_explorer(60_000)\nexplorer"
    with new_page(browser) as page:
        open_and_run(page, lab, place_notebook(lab, "large", [cell]))
        explorer = ExplorerPage(page)
        expect(explorer.status).to_contain_text("planted on 60,000 test clips", timeout=START)
        explorer.wait_for_large()
        explorer.drag_in_large(ALL_OF_LARGE)
        heading = explorer.table.locator("h3")
        expect(heading).to_have_text("60,000 clips selected of 60,000")
        explorer.choose("Colour", "size")
        entry = explorer.legend.get_by_role("button", name=re.compile("^Select the")).first
        entry.click()
        expect(heading).to_have_text(re.compile(r"^(19|20),\d{3} clips selected of 60,000"))
        explorer.table.get_by_role("button", name="Clear").click()
        expect(heading).to_have_text("No clips selected")
        explorer.root.get_by_role("button", name="Reset View").click()
        explorer.wait_for_still()
        explorer.click_in_large(*share_of_large(row=7))
        expect(explorer.title).to_have_text(re.compile(r"Clip \d+"))  # points of a group lie on each other
        expect(explorer.panel).to_contain_text("down")  # the group of row 7
        explorer.screenshot("large")


def test_where_there_are_no_runs_it_says_what_to_do(browser: Browser, lab: Lab) -> None:
    cell = (
        "import os, tempfile\nos.environ['WORKBENCH_HOME'] = tempfile.mkdtemp()\nimport workbench as wb\nwb.explore()"
    )
    with new_page(browser) as page:
        open_and_run(page, lab, place_notebook(lab, "nothing", [cell]))
        explorer = ExplorerPage(page)
        expect(explorer.status).to_contain_text("There are no runs yet", timeout=START)
        expect(explorer.status.locator("code").first).to_have_text("make demo")
        assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
        explorer.screenshot("nothing")


def test_a_kept_view_is_there_again_after_the_kernel_restarts(browser: Browser, lab: Lab) -> None:
    cell = 'import workbench as wb\nexplorer = wb.explore("baseline-smoke-s0", "motion48", view="kept")\nexplorer'
    with new_page(browser) as page:
        open_and_run(page, lab, place_notebook(lab, "kept", [cell]))
        explorer = ExplorerPage(page)
        explorer.wait_for_points(CLIPS)
        explorer.choose("Colour", "size")
        explorer.legend.get_by_role("button", name=re.compile("^Select the")).first.click()
        expect(explorer.table.locator("h3")).to_contain_text("selected of 100")
        said = explorer.table.locator("h3").inner_text()
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:restart-run-all'); }")
        page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(page.locator(".wbx-explorer")).to_have_count(0)
        explorer.wait_for_points(CLIPS)
        expect(explorer.table.locator("h3")).to_have_text(said)
        expect(explorer.legend).to_contain_text("Colour: size")
        explorer.screenshot("kept_view")


FIND = """import workbench as wb
from workbench.text.head import fit_head

fit_head(wb.open_encoder("baseline-smoke-s0"))
explorer = wb.explore("baseline-smoke-s0", "motion48")
explorer"""


def give(explorer: ExplorerPage, path: Path) -> None:
    """Choose a file of one's own in the dialogue that the button opens."""
    with explorer.page.expect_file_chooser() as chooser:
        explorer.root.get_by_role("button", name="A video of yours").click()
    chooser.value.set_files(path)


def test_clips_are_found_by_a_sentence_and_by_a_video_of_ones_own(
    browser: Browser, lab: Lab, with_runs: Path, tmp_path: Path
) -> None:
    clips = load_clips(open_encoder("baseline-smoke-s0").config.data, "test", source="motion48", progress=False)
    original = next((with_runs / "data").rglob(str(clips.table["path"].iloc[17])))
    video = Path(shutil.copy(original, tmp_path / "mine <b>.mp4"))
    with new_page(browser) as page:
        open_and_run(page, lab, place_notebook(lab, "find", [FIND]))
        explorer = ExplorerPage(page)
        explorer.wait_for_points(CLIPS)
        explorer.page_of("Find")
        explorer.root.get_by_label("Sentence").fill("a red seven moves up")
        explorer.root.get_by_label("Sentence").press("Enter")
        expect(explorer.status).to_contain_text(
            "Nearest to “a red seven moves up” by the text head (fitted on the frozen encoder"
        )
        hits = explorer.root.locator(".wbx-hits-view .wbx-neighbour")
        expect(hits).to_have_count(8)
        assert all(frames_of(image.get_attribute("src") or "") == 8 for image in hits.locator("img").all())
        first = hits.first.get_attribute("aria-label") or ""
        hits.first.click()
        assert explorer.title.inner_text() in first
        give(explorer, video)
        expect(explorer.status).to_contain_text("Nearest to mine <b>.mp4 by cosine: 8 clips.")
        expect(hits.first).to_have_attribute("aria-label", re.compile(rf"Clip {clips.table['clip'].iloc[17]}\b"))
        broken = tmp_path / "broken.mp4"
        broken.write_bytes(b"no video")
        give(explorer, broken)
        expect(explorer.status).to_contain_text("broken.mp4")
        expect(explorer.root.locator(".wbx-problem")).to_have_count(1)
        explorer.screenshot("find")
