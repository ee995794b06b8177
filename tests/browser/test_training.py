"""The training panel in real JupyterLab: start, watch, stop, resume, with the keyboard, while the kernel answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import expect

from tests.browser.driver import OUTPUT, START, WAIT, Watched, command, open_and_run, place_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.conftest import Lab

expect.set_options(timeout=WAIT)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = [
    """import workbench as wb
changes = {"data": {"train_clips": 48}, "optim": {"steps": 600}, "runtime": {"device": "cpu", "log_every": 2}}
panel = wb.training_panel("ld", "smoke", changes=changes, probe=False)
panel""",
    'print("answer", 6 * 7, panel.state)',
    'print("threads", [t.name for t in __import__("threading").enumerate() if t.name.startswith("watch ")])',
]


def picture(page: Page, root: Locator, name: str) -> None:
    """Keep a picture of the panel."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    root.scroll_into_view_if_needed()
    page.screenshot(path=OUTPUT / f"{name}.png")


def run_cell(page: Page, number: int) -> None:
    """Run one cell by its number."""
    page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".cm-content").click()
    command(page, "notebook:run-cell")


def test_start_watch_stop_resume_and_done(browser: Browser, lab: Lab) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1100})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    watched = Watched(page)
    root = page.locator(".wbx-training")
    status, curves = root.locator(".wbx-status"), root.locator(".wbx-chart polyline")
    go, halt = (root.get_by_role("button", name=re.compile(words)) for words in ("Start|Resume", "Stop"))
    outputs = page.locator(".jp-CodeCell .jp-OutputArea-output")
    try:
        open_and_run(page, lab, place_notebook(lab, "train", CELLS))
        expect(status).to_contain_text("is not there yet. Start trains it for 600 steps")
        for label in ("Variant", "Preset", "Data", "Seed"):
            expect(root.get_by_label(label, exact=True)).to_be_visible()
        expect(halt).to_be_disabled()
        expect(curves).to_have_count(0)
        root.get_by_label("Seed", exact=True).focus()
        page.keyboard.press("Tab")
        expect(go).to_be_focused()
        assert go.evaluate("button => parseFloat(getComputedStyle(button).outlineWidth)") >= 1
        page.keyboard.press("Enter")
        expect(status).to_contain_text("Training", timeout=START)
        expect(curves.first).to_be_visible(timeout=START)
        run_cell(page, 1)  # the kernel answers while the run trains
        expect(outputs.get_by_text("answer 42 training")).to_be_visible()
        page.wait_for_function("document.querySelector('.wbx-training progress').value >= 100", timeout=START)
        picture(page, root, "training_light")
        drawn = len((curves.first.get_attribute("points") or "").split())
        assert 2 <= drawn <= 120
        assert "predict" in (root.locator(".wbx-chart > svg").first.get_attribute("aria-label") or "")
        halt.click()
        expect(status).to_contain_text(re.compile(r"is stopped at step \d+ of 600, which is saved"), timeout=START)
        root.locator("summary").click()
        expect(root.locator(".wbx-log")).to_contain_text(re.compile(r"Stopped at step \d+"))
        picture(page, root, "training_stopped")
        expect(go).to_have_text(re.compile("Resume"))
        go.click()
        expect(status).to_contain_text("is finished", timeout=START)
        expect(root.locator(".wbx-code code")).to_have_text(re.compile(r'^wb\.explore\("ld-smoke-s0-\w+"\)$'))
        expect(root.locator(".wbx-audits tbody tr").first).to_contain_text("gradient")
        expect(go).to_be_disabled()
        assert root.locator(".wbx-chart").evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")
        run_cell(page, 2)
        expect(outputs.get_by_text("threads []")).to_be_visible()
        command(page, "apputils:change-theme", theme="JupyterLab Dark")
        page.wait_for_timeout(500)
        ink = root.locator(".wbx-chart text").first.evaluate("text => getComputedStyle(text).fill")
        assert sum(int(part) for part in re.findall(r"\d+", ink)[:3]) / 3 > 120
        picture(page, root, "training_dark")
    finally:
        page.screenshot(path=OUTPUT / "training_end.png")
        context.close()
    assert watched.errors == []
