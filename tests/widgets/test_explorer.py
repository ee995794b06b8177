"""The explorer's logic, by what the page's messages and menus do. tests/browser shows the page itself."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.widgets.planted import FRAMES, GROUPS, PlantedCatalogue, failing, planted_explorer, planted_source
from workbench.projection import PROJECTIONS, project
from workbench.runs import Run
from workbench.widgets import explore
from workbench.widgets.explorer import Explorer
from workbench.widgets.figure import SYMBOL_NUMBERS
from workbench.widgets.plot import POINTS
from workbench.widgets.view import View


def send(view: View, **message: Any) -> None:
    """As if the page had sent it."""
    view._handle_custom_msg(message, [])


def level(explorer: Explorer) -> str:
    return str(explorer.status.content["level"])


def test_nothing_is_opened_before_it_is_shown_or_asked() -> None:
    catalogue = PlantedCatalogue(planted={"planted": planted_source})
    explorer = Explorer(catalogue)
    assert explorer.source is None and catalogue.notes == []
    explorer.look(103)
    assert explorer.clip == 103


def test_opening_draws_the_projection_and_says_what_it_is() -> None:
    explorer = planted_explorer()
    points = explorer.plot.figure.data[POINTS]
    np.testing.assert_array_equal(np.c_[points.x, points.y], project(planted_source().features, "pca"))
    assert "of the variance" in explorer.plot.figure.layout.xaxis.title.text
    assert explorer.message == "planted on 40 test clips of planted, context encoder." and level(explorer) == "info"
    assert explorer.controls.colour.value == "group"
    assert [entry["name"] for entry in explorer.legend.content["entries"]] == ["left", "right", "<i>up</i>", "down"]
    assert "Click on a point" in explorer.panel.content["empty"]


def test_a_click_shows_the_moving_clip_its_factors_and_its_neighbours() -> None:
    explorer = planted_explorer()
    send(explorer.plot.relay, event="click", row=6)
    shown = explorer.panel.content
    assert explorer.clip == shown["clip"]["id"] == 106 and shown["position"] == "7 of 40 clips"
    webp = base64.b64decode(shown["clip"]["src"].removeprefix("data:image/webp;base64,"))
    assert Image.open(io.BytesIO(webp)).n_frames == FRAMES
    assert [other["id"] % GROUPS for other in shown["neighbours"]] == [106 % GROUPS] * 8
    assert all(other["src"].startswith("data:image/webp") for other in shown["neighbours"])
    group = next(fact for fact in shown["facts"] if fact["name"] == "group")
    assert group == {"name": "group", "value": "<i>up</i>", "alike": 8, "chance": f"{8 * 9 / 39:.1f}"}
    same = [fact["same"] for other in shown["neighbours"] for fact in other["facts"] if fact["name"] == "group"]
    assert same == [True] * 8
    assert {fact["name"] for fact in shown["more"]} == {"speed", "caption"}


def test_how_many_neighbours_share_a_factor_is_counted() -> None:
    explorer = planted_explorer()
    explorer.look(100)
    sizes = planted_source().table["size"].to_numpy()
    rows, _ = planted_source().nearest(0, 8)
    size = next(fact for fact in explorer.panel.content["facts"] if fact["name"] == "size")
    assert size["alike"] == int((sizes[rows] == sizes[0]).sum())


def test_neighbours_are_walked_and_the_way_back_is_kept() -> None:
    explorer = planted_explorer()
    send(explorer.panel, event="look", clip=100)
    assert not explorer.panel.content["can_back"]
    second = explorer.panel.content["neighbours"][0]["id"]
    send(explorer.panel, event="look", clip=second)
    assert explorer.clip == second and explorer.panel.content["can_back"]
    send(explorer.panel, event="back")
    assert explorer.clip == 100 and not explorer.panel.content["can_back"]
    send(explorer.panel, event="back")
    assert explorer.clip == 100


def test_steps_go_round_through_all_clips_or_through_the_selection() -> None:
    explorer = planted_explorer()
    send(explorer.panel, event="step", by=1)
    assert explorer.clip == 100
    send(explorer.panel, event="step", by=-1)
    assert explorer.clip == 139
    explorer.select([110, 120, 130])
    assert explorer.panel.content["position"] == "not in the selection"
    for want in (110, 120, 130, 110):
        explorer.step()
        assert explorer.clip == want
    assert explorer.panel.content["position"] == "1 of 3 selected"


def test_a_lasso_gives_a_data_frame_and_a_table() -> None:
    explorer = planted_explorer()
    send(explorer.plot.relay, event="drag", rows=[9, 2, 5])
    assert explorer.selected == [102, 105, 109]
    frame = explorer.selection
    expected = planted_source().table.iloc[[2, 5, 9]].reset_index(drop=True)
    assert frame.equals(expected)
    table = explorer.selections.table.content
    assert table["title"] == "3 clips selected of 40" and [row[0] for row in table["rows"]] == [102, 105, 109]
    assert (
        table["columns"] == ["clip", "group", "size", "same", "speed", "caption"] and table["rows"][0][1] == "<i>up</i>"
    )
    assert list(explorer.plot.figure.data[POINTS].selectedpoints) == [2, 5, 9]
    send(explorer.selections.table, event="look", clip=105)
    assert explorer.clip == 105
    send(explorer.selections.table, event="clear")
    assert explorer.selected == [] and len(explorer.selection) == 0
    assert list(explorer.selection.columns) == list(expected.columns)


def test_a_lasso_around_nothing_says_so_and_a_double_click_clears() -> None:
    explorer = planted_explorer()
    explorer.select([100])
    send(explorer.plot.relay, event="drag", rows=[])
    assert explorer.selected == [] and "no points inside" in explorer.message and level(explorer) == "info"
    assert explorer.selections.table.content["title"] == "No clips selected"
    explorer.select([100])
    send(explorer.plot.relay, event="deselect")
    assert explorer.selected == []


def test_a_long_selection_is_cut_in_the_table_only() -> None:
    explorer = planted_explorer(300)
    explorer.select(range(100, 400))
    assert (
        len(explorer.selections.table.content["rows"]) == 200
        and "first 200" in explorer.selections.table.content["note"]
    )
    assert len(explorer.selection) == 300


def test_a_class_of_the_legend_selects_its_clips_and_again_none() -> None:
    explorer = planted_explorer()
    send(explorer.legend, event="pick", value=1)
    assert explorer.selected == list(range(101, 140, GROUPS))
    assert [entry["picked"] for entry in explorer.legend.content["entries"]] == [False, True, False, False]
    send(explorer.legend, event="pick", value=1)
    assert explorer.selected == []


def test_colour_by_a_class_a_number_and_a_constant() -> None:
    explorer = planted_explorer()
    explorer.controls.colour.value = "speed"
    assert explorer.legend.content["scale"]["low"] == f"{planted_source().table['speed'].min():.3g}"
    assert set(explorer.plot.figure.data[POINTS].marker.symbol) == {SYMBOL_NUMBERS["circle"]}
    explorer.controls.colour.value = "same"
    assert "the same for every clip" in explorer.legend.content["note"]
    explorer.controls.colour.value = "size"
    assert len(set(explorer.plot.figure.data[POINTS].marker.symbol)) == 3


def test_another_projection_moves_the_points_and_keeps_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROJECTIONS._entries, "umap", lambda features, dims, seed: features[:, [3, 1]])
    explorer = planted_explorer()
    explorer.look(107)
    explorer.select([101, 102])
    explorer.controls.projection.value = "umap"
    points = explorer.plot.figure.data[POINTS]
    np.testing.assert_array_equal(np.c_[points.x, points.y], planted_source().features[:, [3, 1]])
    assert explorer.plot.figure.layout.xaxis.title.text == "UMAP 1"
    assert explorer.clip == 107 and explorer.selected == [101, 102] and list(points.selectedpoints) == [1, 2]


def test_the_state_goes_through_json_into_another_explorer() -> None:
    explorer = planted_explorer()
    explorer.controls.run.value = "other"
    explorer.controls.colour.value = "size"
    explorer.look(111)
    explorer.select([103, 111])
    explorer.plot.set_zoom({"x": [-1, 1], "y": [-2, 2]})
    state = json.loads(json.dumps(explorer.state()))
    fresh = planted_explorer()
    fresh.restore(state)
    assert fresh.state() == state == explorer.state()
    assert fresh.panel.content["clip"]["id"] == 111 and list(fresh.selection["clip"]) == [103, 111]


def test_a_state_of_clips_that_are_gone_restores_the_rest_and_says_so() -> None:
    explorer = planted_explorer()
    state = {**explorer.state(), "selected": [101, 999], "clip": 998}
    explorer.restore(state)
    assert explorer.selected == [101] and explorer.clip is None and "1 of the selected clips" in explorer.message
    explorer.restore({**state, "format": 99})
    assert "format 99" in explorer.message and level(explorer) == "problem"
    explorer.restore({**state, "run": "gone"})
    assert "Unknown run 'gone'" in explorer.message and explorer.source is None


def test_another_run_on_the_same_clips_keeps_clip_and_selection() -> None:
    catalogue = PlantedCatalogue(
        a={"planted": planted_source},
        b={"planted": lambda: planted_source(run="b"), "more": lambda: planted_source(60, run="b")},
    )
    explorer = Explorer(catalogue)  # type: ignore[arg-type]
    explorer.open()
    explorer.look(105)
    explorer.select([101, 105])
    explorer.controls.run.value = "b"
    assert explorer.source is not None and explorer.source.run == "b"
    assert explorer.clip == 105 and explorer.selected == [101, 105]
    explorer.controls.benchmark.value = "more"
    assert explorer.clip is None and explorer.selected == [] and len(explorer.plot.figure.data[POINTS].x) == 60


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (failing("The run 'a' has no weights yet: it is training at step 3 of 8."), "training at step 3"),
        (lambda: planted_source(features=np.ones((40, 8), np.float32)), "collapsed"),
        (lambda: planted_source(2), "at least 3 clips; there are 2"),
        (lambda: planted_source(features=np.full((40, 8), np.nan, np.float32)), "NaN"),
    ],
)
def test_what_cannot_be_shown_is_said_and_another_choice_recovers(source: Any, message: str) -> None:
    explorer = Explorer(PlantedCatalogue(a={"planted": source}, b={"planted": planted_source}))  # type: ignore[arg-type]
    explorer.open()
    assert message in explorer.message and level(explorer) == "problem"
    assert explorer.plot.figure is None and explorer.legend.content == {} and len(explorer.selection) == 0
    explorer.controls.run.value = "b"
    assert level(explorer) == "info" and len(explorer.plot.figure.data[POINTS].x) == 40


def test_unknown_names_are_said_with_the_known() -> None:
    catalogue = PlantedCatalogue(planted={"planted": planted_source})
    explorer = Explorer(catalogue, run="plantet")
    explorer.open()
    assert "Unknown run 'plantet'. Did you mean 'planted'?" in explorer.message
    explorer = Explorer(catalogue, benchmark="motion84")
    explorer.open()
    assert "Unknown data set 'motion84'" in explorer.message and "planted" in explorer.message
    explorer.look(100)
    assert level(explorer) == "problem"
    explorer = planted_explorer()
    explorer.look(7)
    assert "no clip 7" in explorer.message and explorer.clip is None


def test_no_runs_names_the_commands_and_refresh_finds_the_first() -> None:
    catalogue = PlantedCatalogue()
    explorer = Explorer(catalogue)  # type: ignore[arg-type]
    explorer.open()
    assert "`make demo`" in explorer.message and "`workbench train baseline --preset quick`" in explorer.message
    assert level(explorer) == "problem" and len(explorer.selection) == 0 and explorer.state()["run"] is None
    catalogue.sources["planted"] = {"planted": planted_source}
    explorer.controls.refresh.click()
    assert level(explorer) == "info" and explorer.controls.run.value == "planted"


def test_a_mistake_of_our_own_is_said_and_not_hidden() -> None:
    def broken() -> Any:
        raise ZeroDivisionError("oops")

    explorer = Explorer(PlantedCatalogue(a={"planted": broken}))  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        explorer.open()
    assert "ZeroDivisionError: oops" in explorer.message


def test_many_clicks_take_no_more_memory() -> None:
    explorer = planted_explorer()
    explorer._cache.max_bytes = 20_000
    for turn in range(300):
        explorer.look(100 + turn % 40)
    assert explorer._cache.bytes <= 20_000 and len(explorer._before) <= 101


def test_a_run_on_disk_opens_without_names(with_runs: Path) -> None:
    explorer = explore()
    explorer.open()
    assert explorer.message == "baseline-smoke-s0 on 100 test clips of motion48, context encoder."
    explorer.look(3)
    motion = explorer.panel.content["facts"][0]
    assert motion["name"] == "motion" and ", then " in motion["value"]
    other = explore(Run.open("random-smoke-s0"), "appearance100")
    other.open()
    assert other.controls.benchmark.value == "appearance100" and other.controls.colour.value == "label"
