"""Colours: told apart with every common colour vision, on a white and on a dark page, and never alone."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from tests.widgets.planted import planted_source
from workbench.widgets.colours import MISSING, MOST_CLASSES, PALETTE, SCALE, SYMBOLS, colouring

# Machado, Oliveira and Fernandes (2009), full severity, in linear RGB.
VISION = {
    "common": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def linear(colour: str) -> np.ndarray:
    value = rgb(colour)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Ratio of relative luminances, as WCAG defines it."""
    dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", VISION)
def test_any_two_colours_can_be_told_apart(vision: str) -> None:
    seen = np.clip([VISION[vision] @ linear(colour) for colour in PALETTE], 0, 1)
    seen = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    lab = rgb2lab(seen[None])[0]
    # A difference of 2.3 is just noticed; colours side by side in a chart want several times that.
    assert min(float(deltaE_ciede2000(a, b)) for a, b in combinations(lab, 2)) > 7


@pytest.mark.parametrize("page", ["#FFFFFF", "#111111"])
def test_every_colour_stands_out_from_the_page(page: str) -> None:
    assert min(contrast(colour, page) for colour in (*PALETTE, MISSING)) > 2


def test_the_scale_gets_lighter_all_the_way() -> None:
    lightness = [rgb2lab(rgb(colour)[None, None])[0, 0, 0] for colour in SCALE]
    assert (np.diff(lightness) > 5).all()


def test_classes_differ_in_colour_and_symbol_together() -> None:
    n = MOST_CLASSES
    table = pd.DataFrame({"clip": np.arange(n), "label": np.arange(n)})
    many = planted_source(n, table=table, factors={"label": n})
    entries = colouring(many, "label").entries
    assert len({(entry.colour, entry.symbol) for entry in entries}) == n == 104
    for one, next_one in pairwise(entries):
        assert one.colour != next_one.colour and one.symbol != next_one.symbol
    assert len(set(SYMBOLS)) == 13


def test_every_symbol_of_the_plot_has_a_glyph_in_the_legend() -> None:
    from workbench.widgets.view import STATIC

    shapes = (STATIC / "views.js").read_text().split("const SHAPES")[1].split("};")[0]
    for symbol in SYMBOLS:
        assert f'"{symbol}":' in shapes or f"{symbol}:" in shapes, symbol


def test_a_factor_has_an_entry_for_every_class_that_occurs() -> None:
    source = planted_source()
    colours = colouring(source, "group")
    assert [(entry.name, entry.count) for entry in colours.entries] == [
        ("left", 10),
        ("right", 10),
        ("<i>up</i>", 10),
        ("down", 10),
    ]
    assert colours.codes.tolist() == (np.arange(40) % 4).tolist() and colours.groups.tolist() == colours.codes.tolist()
    assert colours.symbols[:4] == list(SYMBOLS[:4])
    part = planted_source(table=source.table.assign(group=3, label=3))
    (entry,) = colouring(part, "group").entries
    assert (entry.value, entry.colour) == (3, PALETTE[3])  # a class keeps its colour where others are absent
    assert "the same for every clip" in colouring(part, "group").note


def test_the_steps_of_the_scale_give_each_code_its_colour() -> None:
    colours = colouring(planted_source(), "group")
    for code, want in enumerate(PALETTE):
        at = (code - colours.low) / (colours.high - colours.low)
        below = [stop for stop in colours.scale if stop[0] <= at][-1]
        above = next(stop for stop in colours.scale if stop[0] >= at)
        assert below[1] == above[1] == want


def test_numbers_get_a_scale() -> None:
    source = planted_source()
    colours = colouring(source, "speed")
    assert colours.entries == () and set(colours.symbols) == {"circle"}
    assert (colours.low, colours.high) == (source.table["speed"].min(), source.table["speed"].max())
    np.testing.assert_allclose(colours.codes, source.table["speed"], rtol=1e-6)
    assert colours.bounds == (f"{colours.low:.3g}", f"{colours.high:.3g}")


def test_clips_without_a_number_are_grey_and_counted() -> None:
    table = planted_source().table
    table.loc[:2, "speed"] = np.nan
    colours = colouring(planted_source(table=table), "speed")
    assert "3 clips have no speed" in colours.note
    assert colours.scale[0] == (0.0, MISSING) and np.isfinite(colours.codes).all()
    share = (colours.codes - colours.low) / (colours.high - colours.low)
    assert (share[:3] < 0.01).all() and (share[3:] > 0.049).all()


def test_a_constant_number_is_said() -> None:
    source = planted_source(table=planted_source().table.assign(speed=2.0))
    colours = colouring(source, "speed")
    assert "the same for every clip" in colours.note and colours.high > colours.low


def test_too_many_classes_are_coloured_in_order() -> None:
    n = 10_000
    table = pd.DataFrame({"clip": np.arange(n), "label": 0, "writer": [f"w{i:05d}" for i in range(n)]})
    source = planted_source(4, table=table[:4])
    many = type(source)(
        "r", "b", "test", np.zeros((n, 1, 2, 2, 3), np.uint8), table, np.zeros((n, 2), np.float32), {"label": 1}
    )
    colours = colouring(many, "writer")
    assert "10,000 values, too many to name" in colours.note and colours.entries == ()
    assert colours.bounds == ("w00000", "w09999") and (np.diff(colours.codes) > 0).all()
