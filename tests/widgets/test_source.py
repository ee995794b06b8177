"""Sources: neighbours, words, and the catalogue of runs on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.widgets.planted import GROUPS, planted_source
from workbench.errors import UnknownName, WorkbenchError
from workbench.widgets.source import RunCatalogue, Source


def test_nearest_neighbours_of_planted_groups_are_of_the_group() -> None:
    source = planted_source()
    for row in (0, 5, 39):
        rows, cosines = source.nearest(row, 8)
        assert len(rows) == 8 and row not in rows
        assert set(rows % GROUPS) == {row % GROUPS}
        assert (np.diff(cosines) <= 0).all() and cosines[0] > 0.99


def test_nearest_agrees_with_the_cosine_written_out() -> None:
    features = np.random.default_rng(1).normal(size=(30, 5)).astype(np.float32) + 1
    source = planted_source(30, features=features)
    standard = (features - features.mean(0)) / features.std(0)
    cosine = [float(f @ standard[3] / np.linalg.norm(f) / np.linalg.norm(standard[3])) for f in standard]
    cosine[3] = -2
    want = sorted(range(30), key=lambda i: -cosine[i])[:6]
    rows, found = source.nearest(3, 6)
    assert rows.tolist() == want
    np.testing.assert_allclose(found, [cosine[i] for i in want], atol=1e-5)


def test_nearest_is_by_direction_from_the_mean_not_by_length_or_offset() -> None:
    features = np.array([[1, 0], [9, 0], [1, 1], [-11, -1], [0, 0]], np.float32) + 50
    rows, cosines = planted_source(5, features=features).nearest(0, 10)
    assert rows.tolist() == [1, 2, 4, 3]  # no more than there are
    assert cosines[2] == 0 and cosines[3] < 0  # the clip at the mean is like nothing


def test_words_for_values() -> None:
    source = planted_source()
    assert source.word("group", 2) == "<i>up</i>"
    assert source.words("size", np.int64(2)) == "2"
    assert source.words("speed", 0.123456) == "0.123"
    assert source.words("speed", float("nan")) == "–"
    assert source.words("group", 99) == "99"


def test_label_is_not_said_twice_and_bookkeeping_is_left_out() -> None:
    source = planted_source()
    assert source.discrete == ["group", "size", "same"]
    assert source.continuous == ["speed", "caption"]
    different = planted_source(table=planted_source().table.assign(label=np.arange(40) % 3))
    assert different.discrete[0] == "label"


def test_a_factor_that_says_two_others_is_no_part() -> None:
    first, second = np.divmod(np.arange(40) % 12, 4)
    table = pd.DataFrame({"clip": np.arange(40), "label": first * 4 + second, "first": first, "second": second})
    source = planted_source(table=table, factors={"label": 12, "first": 3, "second": 4})
    assert source.discrete == ["label", "first", "second"]
    assert source.parts == ["first", "second"]


def test_an_unknown_clip_is_named_with_the_range_of_the_known() -> None:
    with pytest.raises(WorkbenchError, match=r"no clip 7 in planted .* 100 to 139"):
        planted_source().row(7)


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(WorkbenchError, match="40 clips, 40 rows and 39 features"):
        planted_source(features=np.zeros((39, 4), np.float32))


def test_no_runs_no_entries() -> None:
    assert RunCatalogue().runs() == []


def test_a_run_on_disk(with_runs: Path) -> None:
    catalogue, notes = RunCatalogue(), []
    assert catalogue.runs() == [("baseline-smoke-s0", "baseline-smoke-s0"), ("random-smoke-s0", "random-smoke-s0")]
    assert catalogue.benchmarks("baseline-smoke-s0") == ["motion48", "temporal16", "appearance100"]
    source: Source = catalogue.open("baseline-smoke-s0", "appearance100", "test", notes.append)
    assert source.features.shape == (100, 24) and source.features.dtype == np.float32
    assert source.clips.shape == (100, 8, 16, 16, 3)
    assert source.word("colour", 0) in ("red", "orange", "yellow", "green", "cyan", "blue", "violet", "magenta")
    assert source.parts == ["sprite", "texture", "colour", "size"]
    assert any("features of 100 clips" in note for note in notes)
    again = catalogue.open("baseline-smoke-s0", "appearance100", "test", notes.append)
    assert again.key == source.key and again.clips_key == source.clips_key
    np.testing.assert_array_equal(again.features, source.features)


def test_a_run_without_weights_says_so_before_any_clip_is_made(home: Path) -> None:
    from workbench.presets import build_config
    from workbench.runs import Run

    Run.create(build_config("baseline", "smoke"))
    catalogue, notes = RunCatalogue(), []
    assert catalogue.runs() == [("baseline-smoke-s0 (training, step 0)", "baseline-smoke-s0")]
    with pytest.raises(WorkbenchError, match="no weights yet: it is training at step 0 of 8"):
        catalogue.open("baseline-smoke-s0", "motion48", "test", notes.append)
    assert notes == [] and not (home / "data").exists()


def test_unknown_names(with_runs: Path) -> None:
    catalogue = RunCatalogue()
    with pytest.raises(UnknownName, match="Known: baseline-smoke-s0, random-smoke-s0"):
        catalogue.benchmarks("nope")
    with pytest.raises(UnknownName, match="appearance100, mixed, motion48, temporal16"):
        catalogue.open("baseline-smoke-s0", "motion84", "test", lambda _: None)


def test_an_unreadable_run_does_not_hide_the_others(home: Path) -> None:
    from workbench.presets import build_config
    from workbench.runs import Run

    Run.create(build_config("baseline", "smoke"))
    broken = home / "checkpoints" / "broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    words, names = zip(*RunCatalogue().runs(), strict=True)
    assert names == ("baseline-smoke-s0", "broken") and "cannot be read" in words[1]
