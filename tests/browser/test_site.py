"""The site in a real browser, opened from the disk: no network, no errors, narrow, dark, on paper, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import expect

from tests.browser.driver import OUTPUT
from tests.report.site.made import made_report, with_runs
from workbench.report.site import build_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
# Every place that the Tab key should come to: shown, and neither switched off nor taken out of the order.
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
  .filter(e => !e.disabled && e.checkVisibility()).length"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two reports and two runs."""
    home = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(home))
        with_runs()
        for name in ("one", "two"):
            made_report(patch, name)
        return build_site()


@contextmanager
def opened(browser: Browser, address: Path, width: int = 1280, scheme: Any = "light") -> Iterator[Page]:
    """A tab; fails where the page says something on the console, or asks for more than files."""
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    tab.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
    try:
        tab.goto(address.as_uri())
        yield tab
    finally:
        tab.close()
    assert said == []


@pytest.mark.parametrize("width", [375, 768, 1280])
def test_no_page_scrolls_sideways_or_has_errors(browser: Browser, site: Path, width: int) -> None:
    for path in sorted(site.parent.glob("*.html")):
        with opened(browser, path, width) as tab:
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, path.name
            assert tab.evaluate("[...document.querySelectorAll('.figure')].every(f => f.querySelector('.main-svg'))")


def test_the_search_finds_an_objective_by_keyboard(browser: Browser, site: Path) -> None:
    with opened(browser, site) as tab:
        box = tab.get_by_label("Search")
        box.fill("latent dynamics ld")
        assert tab.locator("#found a").count() > 0
        box.fill("ld")
        first = tab.locator("#found a").first
        expect(first).to_contain_text("objective")
        box.press("ArrowDown")
        expect(first).to_be_focused()
        tab.keyboard.press("ArrowUp")
        expect(box).to_be_focused()
        box.press("Enter")
        tab.wait_for_url("**/methods-objectives.html#objective-ld")
        expect(tab.locator("#objective-ld")).to_be_in_viewport()
        box = tab.get_by_label("Search")
        box.fill("<img src=x onerror=alert(1)>")
        expect(tab.get_by_role("status")).to_have_text("Nothing found")
        box.press("Escape")
        expect(box).to_have_value("")


@pytest.mark.parametrize("page", ["index.html", "report-one.html", "runs.html"])
@pytest.mark.parametrize("width", [375, 1280])
def test_the_keyboard_reaches_all_that_can_be_used(browser: Browser, site: Path, page: str, width: int) -> None:
    with opened(browser, site.parent / page, width) as tab:
        tab.keyboard.press("Tab")
        skip = tab.locator(".skip")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        wanted, reached = tab.evaluate(REACHABLE), 1
        tab.evaluate("document.activeElement.dataset.seen = 1")
        while reached <= wanted:
            tab.keyboard.press("Tab")
            outlined = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            if tab.evaluate("document.activeElement === document.body || 'seen' in document.activeElement.dataset"):
                break
            assert tab.evaluate(outlined), tab.evaluate("document.activeElement.outerHTML")
            tab.evaluate("document.activeElement.dataset.seen = 1")
            reached += 1
        assert reached == wanted
        skip.focus()
        tab.keyboard.press("Enter")
        expect(tab.locator("main")).to_be_focused()


def test_the_menu_opens_on_a_phone(browser: Browser, site: Path) -> None:
    with opened(browser, site, 375) as tab:
        button, menu = tab.get_by_role("button", name="Menu"), tab.get_by_role("navigation", name="Site")
        expect(menu).to_be_hidden()
        button.press("Enter")
        expect(button).to_have_attribute("aria-expanded", "true")
        menu.get_by_role("link", name="Objectives").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Objectives")


def test_without_scripts_the_menu_and_the_pages_are_there(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    tab = context.new_page()
    tab.goto(site.as_uri())
    expect(tab.get_by_role("navigation", name="Site")).to_be_visible()
    expect(tab.locator("#search-box")).to_be_hidden()
    context.close()


def test_colours_follow_the_screen_and_paper_is_light(browser: Browser, site: Path) -> None:
    def shade(tab: Page, what: str, of: str) -> float:
        numbers = tab.evaluate(
            f"getComputedStyle(document.querySelector('{of}')).{what}.match(/[\\d.]+/g).slice(0, 3).map(Number)"
        )
        return sum(numbers) / 3

    with opened(browser, site.parent / "report-one.html", scheme="dark") as tab:
        assert shade(tab, "backgroundColor", "body") < 60 and shade(tab, "color", "body") > 180
        assert tab.evaluate("document.querySelector('.figure')._fullLayout.paper_bgcolor") == "#15181c"
        tab.emulate_media(media="print", color_scheme="dark")
        tab.wait_for_function("document.querySelector('.figure')._fullLayout.paper_bgcolor === '#ffffff'")
        assert shade(tab, "backgroundColor", "body") > 240
        expect(tab.get_by_role("navigation", name="Site")).to_be_hidden()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 1280


def test_pictures(browser: Browser, site: Path) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    shots: tuple[tuple[str, int, Any, Any], ...] = (
        ("wide", 1400, "light", "screen"),
        ("phone", 375, "light", "screen"),
        ("dark", 1400, "dark", "screen"),
        ("print", 800, "light", "print"),
    )
    for page in ("index", "report-one", "runs", "methods-objectives"):
        for name, width, scheme, media in shots:
            with opened(browser, site.parent / f"{page}.html", width, scheme) as tab:
                tab.emulate_media(media=media, color_scheme=scheme)
                picture = OUTPUT / f"site_{page}_{name}.png"
                tab.screenshot(path=picture, full_page=True)
                assert picture.stat().st_size > 5_000
