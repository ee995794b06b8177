"""Method pages: every entry of every registry, with what its docstring and its fields say."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import pytest

from workbench.data.shifts import SHIFTS
from workbench.masking import MASKS
from workbench.objectives import OBJECTIVES
from workbench.probes import PROBES
from workbench.quality.measures import MEASURES
from workbench.report.site.described import described
from workbench.report.site.methods import PAGES, method_page
from workbench.report.site.model import facts, link, prose, slug
from workbench.variants import VARIANTS


@dataclass(frozen=True)
class Thing:
    """A record."""

    name: str
    what: str
    good: str
    of: object
    levels: dict[str, float] = field(default_factory=dict)
    fault: str = ""
    interval: bool = True


def double(x: float, times: int = 2) -> float:
    """Twice `x`.

    - first
    - second <b>
    """
    return x * times


@pytest.mark.parametrize(
    ("page", "registry"),
    [
        ("objectives", OBJECTIVES),
        ("variants", VARIANTS),
        ("masks", MASKS),
        ("probes", PROBES),
        ("metrics", MEASURES),
        ("benchmarks", SHIFTS),
    ],
)
def test_every_entry_of_a_registry_is_on_its_page_and_found(page: str, registry: dict[str, object]) -> None:
    made = method_page(page, *PAGES[page])
    titles = {entry.title: entry.anchor for entry in made.entries}
    assert set(registry) <= set(titles)
    assert all(f'id="{titles[name]}"' in made.body for name in registry)


def test_an_objective_shows_its_formula_its_settings_and_its_variants() -> None:
    made = method_page("objectives", *PAGES["objectives"])
    (entry,) = [entry for entry in made.entries if entry.anchor == "objective-ld"]
    assert "|head(Z[t]) − (H[t+1] − H[t])|" in made.body and "|head(Z[t])" in entry.text
    assert "hidden=256, app_ratio=0.0" in made.body
    assert '<a href="methods-variants.html#variant-fwm_ld">fwm_ld</a>' in made.body


def test_records_functions_and_lambdas_say_what_they_are() -> None:
    found = described(Thing("a", "what it is", "high", partial(double, times=3), {"x": 0.5}))
    assert found.title == "what it is" and found.text.startswith("Twice `x`.")
    assert found.facts == {"good": "high", "levels": "x 0.5", "interval": "yes"}
    assert described(partial(double, times=3)).facts["times"] == "3"
    assert described(double).facts == {"Function": f"{__name__}.double"}
    formula = described(lambda progress: 0.5 * (1 + progress))  # from a half to one
    assert formula.facts == {"Formula": "0.5 * (1 + progress)"} and formula.title == "from a half to one"
    assert described({"term": "x"}).text == "term x"


def test_text_is_never_markup() -> None:
    html = prose(described(double).text)
    assert "<code>x</code>" in html and html.count("<li>") == 2 and "second &lt;b&gt;" in html
    assert prose("**strong** `a<b` & c") == "<p><strong>strong</strong> <code>a&lt;b</code> &amp; c</p>"
    assert facts({"empty": "", "<a>": "<b>bold</b>"}) == '<dl class="facts"><dt>&lt;a&gt;</dt><dd><b>bold</b></dd></dl>'
    assert facts({}) == ""


def test_two_names_never_share_a_file() -> None:
    names = ["a+b=1", "a b 1", "a_b_1", "a_b=1", ".hidden", "hf:x/y"]
    made = [slug(name) for name in names]
    assert len(set(made)) == len(names) and slug("ld-standard-s0") == "ld-standard-s0"
    assert not any(set(name) & set("/:+= ") or name.startswith(".") for name in made)
    assert link("a#b.html", "x y") == "a%23b.html#x%20y"
