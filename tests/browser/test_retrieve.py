"""The retrieve notebook in real JupyterLab: a sentence typed, a caption chosen, a shift made stronger."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import expect

from tests.browser.conftest import REPOSITORY
from tests.browser.driver import OUTPUT, START, WAIT, Watched, command, frames_of, open_and_run, place_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.conftest import Lab

expect.set_options(timeout=WAIT)
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_sentence_a_caption_and_a_shift(browser: Browser, lab: Lab) -> None:
    """One sitting, with encoders of the smoke preset: two small heads are fitted on the way."""
    notebook = json.loads((REPOSITORY / "notebooks" / "retrieve.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    cells = [cell.replace("-standard-", "-smoke-") for cell in cells]
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    watched = Watched(page)
    try:
        open_and_run(page, lab, place_notebook(lab, "retrieve", cells))
        root = page.locator(".wbx-retriever")
        status, clips = root.locator(".wbx-status"), root.locator(".wbr-models img")
        expect(clips).to_have_count(10, timeout=START)
        sentence = root.get_by_label("Sentence", exact=True)
        sentence.fill("something red")
        sentence.press("Enter")
        expect(status).to_contain_text(re.compile(r"states colour: red\. It is true of \d+ of 100 test clips"))
        assert frames_of(clips.first.get_attribute("src") or "") == 8
        marked = root.locator(".wbr li.wbr-true")
        expect(marked).to_have_count(root.get_by_text("✓ true", exact=True).count())
        sentence.fill("bright <b>weather</b>")
        sentence.press("Enter")
        expect(status).to_contain_text("no clip is marked")
        expect(marked).to_have_count(0)
        sentence.fill("")
        sentence.press("Enter")
        expect(status).to_contain_text("nothing to search for")
        expect(clips).to_have_count(0)
        root.get_by_label("Caption", exact=True).select_option(index=3)
        expect(root.locator("table tbody tr").last).to_contain_text("the true one nearer")
        root.get_by_label("Shift", exact=True).select_option("gaussian")
        expect(status).to_contain_text("move the slider")
        before = clips.first.get_attribute("src")
        root.locator(".noUi-handle").focus()
        page.keyboard.press("End")
        expect(root.locator(".wbr-models section").first).to_contain_text(re.compile(r"rank [\d,.]+ of 100, clean"))
        assert frames_of(clips.first.get_attribute("src") or "") == 8 and clips.first.get_attribute("src") != before
        # Paused, the clips stand still, those of the next sentence too; then they move on.
        frozen = re.compile("^data:image/png")
        root.get_by_role("button", name="Let the clips move or stand still").click()
        expect(clips.first).to_have_attribute("src", frozen)
        sentence.fill("something green")
        sentence.press("Enter")
        expect(status).to_contain_text("states colour: green")
        expect(clips.last).to_have_attribute("src", frozen)
        expect(root.get_by_role("button", name="Let the clips move or stand still")).to_have_text("Play")
        root.get_by_role("button", name="Let the clips move or stand still").press("Enter")
        expect(clips.last).to_have_attribute("src", re.compile("^data:image/webp"))
        # Nothing of a long sentence or caption runs out of its column.
        assert root.locator(".wbr section").evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")
        # Who asks for less motion sees clips that stand still until Play is pressed.
        page.emulate_media(reduced_motion="reduce")
        command(page, "notebook:run-all-cells")
        expect(root.get_by_role("button", name="Let the clips move or stand still")).to_have_text("Play", timeout=START)
        expect(clips.first).to_have_attribute("src", frozen, timeout=START)
    finally:
        OUTPUT.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=OUTPUT / "retrieve.png")
        context.close()
    assert watched.errors == []
