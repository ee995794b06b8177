"""Sources: neighbours, words, and the catalogue of runs on disk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.widgets.planted import GROUPS, planted_source
from workbench.errors import WorkbenchError


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


def test_several_points_of_a_clip_are_named_and_framed() -> None:
    base = planted_source(3)
    table = (
        base.table.iloc[[0, 0, 2]]
        .reset_index(drop=True)
        .assign(time=[0, 1, 1], row=[0, 3, 1], column=[2, 0, 1], point=[0, 1, 2])
    )
    source = replace(
        base,
        table=table,
        clip_rows=np.array([0, 0, 2]),
        grid=(2, 4, 4),
        features=np.eye(3, dtype=np.float32),
        space="tokens",
    )
    assert source.ids.tolist() == [0, 1, 2] and source.noun == "token"
    assert source.name(1) == "Clip 100 at time 1, row 3, column 0"
    assert {"time", "row", "column"} <= set(source.discrete)
    plain, framed = base.clips[0], source.pixels(1)
    changed = np.argwhere((plain != framed).any(-1))
    assert changed[:, 0].min() == 3 and changed[:, 0].max() == 5  # frames of the second of two time steps
    assert changed[:, 1].min() == 12 and changed[:, 2].max() == 3  # row 3 and column 0 of a grid of 4 × 4 pixels
    assert (framed[3:, 12:16, 0] == 255).all() and (framed[3:, 13:15, 1:3] == plain[3:, 13:15, 1:3]).all()
