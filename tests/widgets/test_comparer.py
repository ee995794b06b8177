"""The comparer without a page: what it shows, what it links, and what it says where it cannot show anything."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.widgets.planted_compare import planted_comparer
from workbench.presets import build_config
from workbench.runs import Run
from workbench.widgets import Comparer, compare
from workbench.widgets.compare_pages import PAGES
from workbench.widgets.figure import SYMBOL_NUMBERS
from workbench.widgets.plot import GL_POINTS, LOOKED_AT, NEIGHBOURS, POINTS
from workbench.widgets.source import Source

BASE, RANDOM = "baseline-smoke-s0", "random-smoke-s0"


def level(comparer: Comparer) -> str:
    return str(comparer.status.content["level"])


def points(comparer: Comparer, place: int) -> Any:
    return comparer.maps.panels[place].plot.figure.data[POINTS]


def blocks(comparer: Comparer, kind: str) -> list[dict[str, Any]]:
    return [block for block in comparer.page.content["blocks"] if block["type"] == kind]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_maps_of_the_same_space_fall_on_each_other(count: int) -> None:
    comparer = planted_comparer(count=count)
    assert level(comparer) == "info" and len(comparer.maps.panels) == count
    first = np.c_[points(comparer, 0).x, points(comparer, 0).y]
    for place in range(1, count):
        np.testing.assert_allclose(np.c_[points(comparer, place).x, points(comparer, place).y], first, atol=1e-3)
        assert comparer.maps.alignments[place].residual < 1e-6
        assert "0% of the spread does not fit" in comparer.maps.panels[place].heading.content["note"]
    assert [panel.heading.content["letter"] for panel in comparer.maps.panels] == list("ABCD")[:count]
    assert len(comparer.differs.content["sentences"]) == count - 1


def test_a_click_marks_the_clip_and_each_models_own_neighbours() -> None:
    comparer = planted_comparer()
    comparer.maps.panels[1].plot.relay._handle_custom_msg({"event": "click", "row": 5}, [])
    assert comparer.clip == 105 and comparer.panel.content["clip"]["id"] == 105
    near = comparer.near
    assert near is not None
    for place, model in enumerate(comparer.panel.content["models"]):
        rows = [other["row"] for other in model["neighbours"]]
        assert rows == near.nearest[place, 5, :8].tolist()
        figure = comparer.maps.panels[place].plot.figure
        assert figure.data[LOOKED_AT].x[0] == figure.data[POINTS].x[5]
        np.testing.assert_array_equal(figure.data[NEIGHBOURS].x, figure.data[POINTS].x[rows])
        assert all(other["src"].startswith("data:image/webp") for other in model["neighbours"])
    shared = {other["id"] for other in comparer.panel.content["models"][0]["neighbours"] if other["also"] == "B"}
    assert shared == {n["id"] for n in comparer.panel.content["models"][1]["neighbours"] if n["also"] == "A"}
    group = next(fact for fact in comparer.panel.content["facts"] if fact["name"] == "group")
    assert group["alike"] == [8, 8] and group["chance"] == f"{8 * 9 / 39:.1f}"
    assert "A and B have" in comparer.panel.content["overlap"][0]


def test_steps_and_back() -> None:
    comparer = planted_comparer()
    comparer.step(1)
    assert comparer.clip == 100
    comparer.step(-1)
    assert comparer.clip == 139
    comparer.back()
    assert comparer.clip == 100 and not comparer.panel.content["can_back"]
    comparer.select([103, 110])
    comparer.step(1)
    assert comparer.clip == 103 and comparer.panel.content["position"] == "1 of 2 selected"


def test_a_lasso_in_one_map_selects_in_all() -> None:
    comparer = planted_comparer(count=3)
    comparer.maps.panels[2].plot.relay._handle_custom_msg({"event": "drag", "rows": [4, 2, 9]}, [])
    assert comparer.selected == [102, 104, 109]
    for place in range(3):
        assert list(points(comparer, place).selectedpoints) == [2, 4, 9]
    selection = comparer.selection
    assert selection["clip"].tolist() == comparer.selected
    np.testing.assert_allclose(selection["overlap"], comparer.near.mean_overlap[[2, 4, 9]])
    assert "comparer.selection" in comparer.table.content["note"]
    comparer.maps.panels[0].plot.relay._handle_custom_msg({"event": "drag", "rows": []}, [])
    assert comparer.selected == [] and "no points inside" in comparer.message
    assert points(comparer, 2).selectedpoints is None


def test_a_class_of_the_legend_and_the_colour_hold_for_all_maps() -> None:
    comparer = planted_comparer()
    comparer.controls.colour.value = "group"
    comparer.pick(2)
    assert comparer.selected == list(range(102, 140, 4))
    assert [entry["picked"] for entry in comparer.legend.content["entries"]] == [False, False, True, False]
    comparer.pick(2)
    assert comparer.selected == []
    comparer.controls.colour.value = "speed"
    for place in range(2):
        assert set(points(comparer, place).marker.symbol) == {SYMBOL_NUMBERS["circle"]}


def test_selecting_sends_one_message_a_map_and_no_coordinates() -> None:
    comparer = planted_comparer(GL_POINTS, count=4)
    sent: list[tuple[int, dict[str, Any]]] = []
    for place, panel in enumerate(comparer.maps.panels):
        figure = panel.plot.figure
        figure._send_restyle_msg = lambda data, *rest, place=place, **more: sent.append((place, data))
        figure._send_update_msg = lambda *data, place=place, **more: sent.append((place, {"update": data}))
    comparer.select(range(100, 1500))
    assert [place for place, _ in sent] == [0, 1, 2, 3]
    assert all(set(data) == {"selectedpoints"} for _, data in sent)


def test_hover_costs_the_kernel_nothing() -> None:
    """It is linked in the page (static/compare.js); no hover reaches this side."""
    comparer = planted_comparer()
    figure = comparer.maps.panels[0].plot.figure
    assert not figure.data[POINTS]._hover_callbacks and comparer.link.kind == "link"


def test_the_state_comes_back_in_another_comparer() -> None:
    comparer = planted_comparer()
    comparer.look(107)
    comparer.select([101, 107, 111])
    comparer.controls.colour.value = "size"
    comparer.tab("settings")
    comparer.maps.panels[1].plot.set_zoom({"x": [0, 1], "y": [2, 3]})
    state = json.loads(json.dumps(comparer.state()))
    assert state["models"] == ["model0", "model1"]
    other = planted_comparer()
    other.restore(state)
    assert other.state() == comparer.state()
    assert other.page.content["key"] == "settings" and other.tabs.content["chosen"] == "settings"
    state["selected"] = [101, 999]
    other.restore(state)
    assert other.selected == [101] and "1 of the selected clips are not in planted any more" in other.message
    other.restore({"format": 99})
    assert "format 99" in other.message and level(other) == "problem"


def test_a_model_that_has_collapsed_says_so_above_its_map_and_the_others_are_shown() -> None:
    def collapse(source: Source, place: int) -> Source:
        return replace(source, features=np.ones_like(source.features)) if place == 0 else source

    comparer = planted_comparer(count=3, change=collapse)
    assert "the encoder has collapsed" in comparer.maps.panels[0].heading.content["note"]
    assert comparer.maps.panels[0].plot.figure is None and len(points(comparer, 1).x) == 40
    assert comparer.maps.alignments[0] is None and comparer.maps.alignments[2].residual < 1e-6
    comparer.look(101)
    assert comparer.clip == 101


@pytest.mark.parametrize("key", list(PAGES))
def test_every_tab_has_something_to_say_of_models_without_runs(key: str) -> None:
    comparer = planted_comparer()
    comparer.tab(key)
    said = comparer.page.content
    assert said["key"] == key and said["blocks"] and level(comparer) == "info"
    json.dumps(said)


def test_an_unknown_tab_and_an_unknown_clip_are_said() -> None:
    comparer = planted_comparer()
    comparer.tab("prboes")
    assert "Unknown tab of the comparer 'prboes'. Did you mean 'probes'?" in comparer.message
    comparer.look(7)
    assert "no clip 7" in comparer.message and comparer.clip is None


def test_one_five_or_the_same_model_twice_are_refused_in_the_status_line(with_runs: Path) -> None:
    for models, said in (
        ([BASE], "two to four models side by side, not 1"),
        (BASE, "two to four models side by side, not 1"),
        ([BASE, RANDOM, "random-smoke-s1", "random-smoke-s2", "random-smoke-s3"], "not 5"),
        ([BASE, RANDOM, BASE], "baseline-smoke-s0 is named twice"),
        ([BASE, f"{BASE}@context"], "baseline-smoke-s0 is named twice"),
        ([BASE, "nope"], "Unknown run 'nope'"),
    ):
        comparer = compare(models)
        comparer.open()
        assert said in comparer.message and level(comparer) == "problem"
        assert comparer.maps.panels == [] and len(comparer.selection) == 0 and comparer.state()["models"] == []
        comparer.look(3)
        assert level(comparer) == "problem"


def test_a_run_still_training_or_without_weights(trained_home: Path, home: Path) -> None:
    shutil.copytree(trained_home / "checkpoints", home / "checkpoints")
    Run.create(build_config("ld", "smoke"))
    comparer = compare([BASE, "ld-smoke-s0"])
    comparer.open()
    assert "no weights yet: it is training at step 0 of 8" in comparer.message and level(comparer) == "problem"
    shutil.rmtree(home / "checkpoints" / BASE / "weights")
    comparer = compare([RANDOM, BASE])
    comparer.open()
    assert "holds no" in comparer.message and level(comparer) == "problem"


def test_models_of_different_clips(with_runs: Path) -> None:
    from workbench.encoders import open_encoder

    alone = open_encoder("random", preset="smoke", changes={"data": {"size": 32}})
    comparer = compare([BASE, alone])
    comparer.open()
    assert "takes (8, 32, 32)" in comparer.message and level(comparer) == "problem"
    comparer = compare([BASE, RANDOM], benchmark="motion84")
    comparer.open()
    assert "Unknown data set 'motion84'" in comparer.message
    strange = open_encoder("random-smoke-s3")
    strange.config = build_config(
        "random", "smoke", 3, changes={"probe": {"benchmarks": ["appearance100"]}}, data="appearance100"
    )
    comparer = compare([open_encoder(BASE), strange])
    comparer.open()
    assert comparer.controls.benchmark.value == "appearance100"
    strange.config = build_config("random", "smoke", 3, changes={"probe": {"benchmarks": ["mixed"]}}, data="mixed")
    comparer = compare([BASE, strange])
    comparer.open()
    assert "share no benchmark: baseline-smoke-s0 on motion48, random-smoke-s3 on mixed" in comparer.message
