"""The README's pictures of the notebooks, taken in JupyterLab over the committed runs: `python -m tests.browser.pictures`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.conftest import REPOSITORY, Lab, running_lab
from tests.browser.driver import START, ExplorerPage, new_page, open_and_run
from tests.conftest import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RUNS = ("baseline-standard-s0", "random-standard-s0")
IMAGES = REPOSITORY / "docs" / "images"
MOVES = 1500  # milliseconds, until the clips have been drawn


def take(page: Page, name: str) -> None:
    """Write docs/images/NAME.png."""
    page.mouse.move(5, 5)
    page.wait_for_timeout(MOVES)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(IMAGES / f"{name}.png")


def explore(browser: Browser, lab: Lab) -> None:
    with new_page(browser, 1400, 1000) as page:
        open_and_run(page, lab, "explore.ipynb")
        explorer = ExplorerPage(page)
        page.wait_for_function(
            "document.querySelector('.wbx-explorer .js-plotly-plot')?.dataset.wbxRelay === 'on'", timeout=START
        )
        explorer.scroll_to()
        explorer.choose("Clips", "motion48")
        explorer.status.get_by_text("test clips of motion48").wait_for(timeout=START)
        explorer.choose("Colour", "sprite")
        explorer.click_point(20)
        explorer.title.get_by_text("Clip").wait_for()
        take(page, "explore")


def compare(browser: Browser, lab: Lab) -> None:
    from tests.browser.test_compare import ComparerPage

    with new_page(browser, 1400, 1000) as page:
        open_and_run(page, lab, "compare.ipynb")
        comparer = ComparerPage(page)
        page.wait_for_function(
            "document.querySelectorAll('.wbx-comparer .js-plotly-plot[data-wbx-relay]').length === 2", timeout=START
        )
        page.evaluate("() => document.querySelector('.wbx-comparer').scrollIntoView()")
        comparer.click_point(0, 20)
        comparer.root.get_by_text("nearest in").first.wait_for()
        take(page, "compare")


def retrieve(browser: Browser, lab: Lab) -> None:
    with new_page(browser, 1400, 1000) as page:
        open_and_run(page, lab, "retrieve.ipynb")
        page.locator(".wbr li img").nth(9).wait_for(timeout=2 * START)
        page.evaluate("() => document.querySelector('.wbr').scrollIntoView()")
        take(page, "retrieve")


def main() -> None:
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        home = Path(name, "home")
        for run in RUNS:
            shutil.copytree(REPOSITORY / "checkpoints" / run, home / "checkpoints" / run)
        (home / "cache").symlink_to(REPOSITORY / "cache")
        with running_lab(Path(name), home) as lab:
            for notebook in ("explore", "compare", "retrieve"):
                shutil.copy(REPOSITORY / "notebooks" / f"{notebook}.ipynb", lab.folder)
            for picture in (explore, compare, retrieve):
                picture(browser, lab)


if __name__ == "__main__":
    main()
