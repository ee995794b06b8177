"""Captions: true of their clip and of exactly the clips with the same factors; hard negatives: false and alike."""

import re

import numpy as np
import pandas as pd
import pytest

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.captions import SILENT, clip_facts, described_blocks, describes, implied_facts, make_captions
from workbench.data.grammar import parse
from workbench.data.kinds import APPEARANCE, KINDS
from workbench.data.motions import DIRECTIONS, motion_pairs
from workbench.data.negatives import hard_negatives
from workbench.data.phrases import DIRECTION_FACTORS, FACTORS, NORMAL
from workbench.data.text_shifts import words_changed
from workbench.errors import UnknownName, WorkbenchError

SETTINGS = DataSettings(train_clips=150)
NAMES = ["motion48", "temporal16", "appearance100", "mixed"]


def drawn(name: str) -> pd.DataFrame:
    return BENCHMARKS[name].table(SETTINGS, "train")


@pytest.fixture(params=NAMES)
def table(request) -> pd.DataFrame:
    return drawn(request.param)


def own(matrix: np.ndarray, rows: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """The entry of each row's own clip."""
    position = pd.Series(np.arange(len(table)), index=table["clip"])
    return matrix[np.arange(len(matrix)), position[rows["clip"]].to_numpy()]


def test_the_columns_are_what_the_text_states(table):
    captions = make_captions(table, per_clip=3)
    for row in captions.to_dict("records"):
        assert parse(row["caption"]) == {name: row[name] for name in FACTORS if row[name] != SILENT}


def test_a_caption_describes_its_clip_and_the_clips_that_agree_where_it_speaks(table):
    captions = make_captions(table, per_clip=3)
    truth = describes(captions, table)
    assert truth.shape == (len(captions), len(table))
    assert own(truth, captions, table).all()
    said, true = captions[list(FACTORS)].to_numpy(), clip_facts(table).to_numpy()
    for row in range(0, len(captions), 7):
        stated = said[row] != SILENT
        np.testing.assert_array_equal(truth[row], (true[:, stated] == said[row, stated]).all(1))


def test_a_silent_caption_describes_more_clips(table):
    captions = make_captions(table)
    truth = describes(captions, table).sum(1)
    stated = (captions[list(FACTORS)] != SILENT).sum(1)
    whole = captions["caption_id"] == 0
    assert truth[whole].mean() < truth[~whole].mean()
    assert stated[whole].mean() > stated[~whole].mean()


def test_blocks_are_the_rows_of_the_whole_matrix(table):
    captions = make_captions(table, per_clip=2)
    blocks = list(described_blocks(captions, table, block=100))
    assert [rows.start for rows, _ in blocks] == list(range(0, len(captions), 100))
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), describes(captions, table))
    assert describes(captions[:0], table).shape == (0, len(table))


def test_the_captions_of_a_clip_differ_in_text_and_in_sentence(table):
    for _, captions in make_captions(table, per_clip=5).groupby("clip"):
        assert captions["caption"].nunique() == 5
        assert captions["template"].nunique() >= 4
        assert list(captions["caption_id"]) == [0, 1, 2, 3, 4]


def test_the_first_caption_of_a_clip_states_all_that_can_be_said_of_it(table):
    captions = make_captions(table, per_clip=1)
    sayable = clip_facts(table).where(~implied_facts(table), SILENT)
    np.testing.assert_array_equal(captions[list(FACTORS)].to_numpy(), sayable.to_numpy())


def test_captions_of_a_clip_do_not_depend_on_the_other_rows_and_differ_between_seeds(table):
    whole = make_captions(table, seed=3)
    some = table.sample(40, random_state=0)
    alone = make_captions(some, seed=3).sort_values(["clip", "caption_id"]).reset_index(drop=True)
    expected = whole[whole["clip"].isin(some["clip"])].sort_values(["clip", "caption_id"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, expected)
    assert (make_captions(table, seed=4)["caption"] != whole["caption"]).mean() > 0.9


def test_a_caption_names_its_directions_in_one_style():
    captions = make_captions(drawn("motion48"))
    screen = re.compile(r"\b(up|down|to the right|to the left)\b")
    compass = re.compile(r"\b(north|south|east|west)")
    both = [text for text in captions["caption"] if screen.search(text) and compass.search(text)]
    assert not both
    assert any(screen.search(text) for text in captions["caption"])


def test_shapes_have_words_of_their_own():
    captions = make_captions(drawn("motion48"), sprites="shapes")
    named = captions[captions["sprite"] != SILENT]
    assert not named["caption"].str.contains(r"handwritten|number|\d").any()
    stars = named.loc[named["sprite"] == 7, "caption"]
    assert stars.str.contains("star").all()
    with pytest.raises(UnknownName, match="digits, shapes"):
        make_captions(drawn("motion48"), sprites="letters")


def row(**columns) -> pd.DataFrame:
    """A factor table of one red small zero on bricks."""
    appearance = {"clip": 0, "split": "test", "sprite": 0, "colour": 0, "size": 0, "texture": 0}
    return pd.DataFrame([appearance | columns])


def says(**stated) -> pd.DataFrame:
    """A caption that states this."""
    return pd.DataFrame([dict.fromkeys(FACTORS, SILENT) | stated])


@pytest.mark.parametrize(
    ("clip", "stated", "true"),
    [
        # A path of motion48 turns to a side; one that goes on as it began drifts in no captions of others.
        (row(motion=1, first=0, second=2, speed=3.0), {"event": 4}, True),
        (row(motion=4, first=0, second=6, speed=3.0), {"event": 4}, False),
        (row(motion=4, first=0, second=6, speed=3.0), {"event": 5}, True),
        (row(motion=1, first=0, second=2, speed=3.0), {"drift": 0}, False),
        # A turn of temporal16 goes from the nearest direction to another; other events do not.
        (row(event=4, heading=0.99, speed=3.0), {"first": 0, "second": 2}, True),
        (row(event=5, heading=0.99, speed=3.0), {"first": 0, "second": 2}, False),
        (row(event=10, heading=0.0, speed=3.0), {"first": 0}, False),
        # A drift that can be seen moves straight on.
        (row(first=2, second=2, speed=1.0), {"drift": 2}, True),
        (row(first=2, second=2, speed=1.0), {"event": 2}, True),
        (row(first=2, second=2, speed=1.0), {"event": 0}, False),
        (row(first=1, second=1, speed=1.0), {"event": 2}, False),
        (row(first=2, second=2, speed=0.1), {"drift": 2}, False),
        (row(first=2, second=2, speed=1.0), {"first": 2}, False),
        (row(event=2, heading=0.0, speed=3.0), {"drift": 2}, False),
    ],
)
def test_what_is_true_of_a_clip_of_another_benchmark(clip, stated, true):
    assert describes(says(**stated), clip).item() == true


def test_a_hard_negative_is_false_of_its_clip_and_differs_in_what_it_names(table):
    captions = make_captions(table, per_clip=3)
    wrong = hard_negatives(captions, per_caption=2)
    assert not own(describes(wrong, table), wrong, table).any()
    before = captions.set_index(["clip", "caption_id"]).loc[list(zip(wrong["clip"], wrong["caption_id"], strict=True))]
    assert (wrong["original"].to_numpy() == before["caption"].to_numpy()).all()
    assert (wrong["template"].to_numpy() == before["template"].to_numpy()).all()
    changed = wrong[list(FACTORS)].to_numpy() != before[list(FACTORS)].to_numpy()
    for kind, flags in zip(wrong["factor"], changed, strict=True):
        expected = {"order": {"first", "second"}, "reversal": {"event"}}.get(kind, {kind})
        assert {name for name, flag in zip(FACTORS, flags, strict=True) if flag} == expected


def test_an_appearance_word_is_all_that_changes_in_the_text(table):
    wrong = hard_negatives(make_captions(table, per_clip=2), kinds=APPEARANCE)
    assert set(wrong["factor"]) == set(APPEARANCE)
    for text, before, was, becomes in wrong[["caption", "original", "was", "becomes"]].itertuples(index=False):
        assert was in before
        pieces = re.split(rf"(?<!\w){re.escape(was)}(?!\w)", before)
        exchanged = [was.join(pieces[:i]) + becomes + was.join(pieces[i:]) for i in range(1, len(pieces))]
        assert re.sub(r"\ban ", "a ", text) in [re.sub(r"\ban ", "a ", made) for made in exchanged]


def test_directions_in_the_wrong_order_and_reversed_events():
    motion, temporal = make_captions(drawn("motion48")), make_captions(drawn("temporal16"))
    swapped = hard_negatives(motion, kinds=["order"])
    before = motion.set_index(["clip", "caption_id"]).loc[
        list(zip(swapped["clip"], swapped["caption_id"], strict=True))
    ]
    np.testing.assert_array_equal(swapped[["first", "second"]], before[["second", "first"]])
    pairs = zip(swapped["caption"], swapped["original"], strict=True)
    assert all(sorted(re.findall(r"[\w-]+", a)) == sorted(re.findall(r"[\w-]+", b)) for a, b in pairs)
    turned = hard_negatives(temporal, kinds=["reversal"])
    before = temporal.set_index(["clip", "caption_id"]).loc[
        list(zip(turned["clip"], turned["caption_id"], strict=True))
    ]
    np.testing.assert_array_equal(turned["event"], before["event"] ^ 1)
    # The phrase of the reversal is that of the event but for a word, and the article with it.
    few = turned[turned["event"] < 10]
    words = [len(text.split()) for text in few["original"]]
    assert max(words_changed(a, b) * n for a, b, n in zip(few["original"], few["caption"], words, strict=True)) <= 2


def test_an_exchanged_direction_makes_another_motion_of_the_benchmark():
    wrong = hard_negatives(make_captions(drawn("motion48")), kinds=["first", "second", "order"])
    assert set(zip(wrong["first"], wrong["second"], strict=True)) <= set(motion_pairs())
    assert (wrong["first"] != wrong["second"]).all()


def test_hard_negatives_follow_the_seed_and_not_the_other_rows(table):
    captions = make_captions(table, per_clip=2)
    wrong = hard_negatives(captions, seed=1)
    half = hard_negatives(captions[::-1][: len(captions) // 2], seed=1)
    joint = wrong.merge(half, on=["clip", "caption_id"], suffixes=("", "_half"))
    assert len(joint) == len(half) > 0
    assert (joint["caption"] == joint["caption_half"]).all()
    assert (hard_negatives(captions, seed=2)["caption"] != wrong["caption"]).mean() > 0.5


def test_captions_that_a_kind_does_not_apply_to_have_no_negative():
    captions = make_captions(drawn("motion48"), per_clip=3)
    wrong = hard_negatives(captions, kinds=["order"], per_caption=3)
    assert len(wrong) == (captions["first"] != SILENT).sum() < len(captions)
    assert len(hard_negatives(captions, kinds=["event", "drift", "reversal"])) == 0


def test_bad_arguments_are_named():
    table = drawn("motion48")
    with pytest.raises(WorkbenchError, match="per_clip=0"):
        make_captions(table, per_clip=0)
    captions = make_captions(table, per_clip=1)
    with pytest.raises(UnknownName, match=r"Unknown kind of hard negative 'hue'.*colour"):
        hard_negatives(captions, kinds=["hue"])
    with pytest.raises(WorkbenchError, match="per_caption=0"):
        hard_negatives(captions, per_caption=0)
    assert set(KINDS) >= set(FACTORS)
    with pytest.raises(WorkbenchError, match="lacks the columns split, sprite, colour, size, texture, speed"):
        make_captions(pd.DataFrame({"clip": [0], "path": ["a.mp4"], "label": [0]}))


def test_styles_of_directions_are_aligned():
    for name in DIRECTION_FACTORS:
        lists = NORMAL.words[name]
        assert {len(words) for words in lists} == {3}
        assert [words[1] for words in lists] == [f"{direction}wards" for direction in DIRECTIONS]
