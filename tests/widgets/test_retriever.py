"""The retriever: what a sentence is true of, ranks, shifts, exchanged words, and what is said; on a model that knows colours only."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.retrieval.made import literal_ranks
from tests.widgets.planted_search import LIMIT, own_pool, planted_pool, planted_retriever, planted_search
from workbench.data.captions import describes
from workbench.data.negatives import hard_negatives
from workbench.data.shifts import shifted
from workbench.errors import WorkbenchError
from workbench.retrieval.settings import Setting
from workbench.retrieval.words import word_answers
from workbench.widgets import retriever as open_retriever
from workbench.widgets.retrieve import Retriever
from workbench.widgets.search import BEST, CLEAN, KEPT

INVERTED = Setting("inverted_contrast", 5)  # colours become others


def test_the_best_clips_are_those_of_the_factor_that_the_model_knows():
    search = planted_search()
    table = search.pool.clips.table
    hears, deaf = search.find(search.sentence("something blue"))
    blue = int((table["colour"] == 5).sum())
    assert blue >= BEST and len(hears.hits) == BEST
    assert all(hit.true and table["colour"][hit.row] == 5 and hit.has == {"blue": True} for hit in hears.hits)
    assert {(hit.first, hit.last) for hit in hears.hits} == {(1, blue)}  # all of one score share their places
    assert {(hit.first, hit.last) for hit in deaf.hits} == {(1, len(table))}
    assert hears.rank == 1 and hears.clean == 1 and deaf.rank == pytest.approx(deaf.chance)
    assert [hit.clip for hit in deaf.hits] == table["clip"][:BEST].tolist()


def test_the_rank_is_that_counted_over_all_orders_of_equal_scores():
    search = planted_search(planted_pool(7))
    for caption in search.pool.captions["caption"][::2]:
        sentence = search.sentence(caption)
        for model, found in zip(search.models, search.find(sentence), strict=True):
            row = model.head.texts([caption])[0] @ model.clips(search.pool, CLEAN).T
            assert found.rank == pytest.approx(np.mean(literal_ranks(row.round(5), sentence.true)))


def test_truth_is_that_of_the_pool_and_of_any_sentence_of_the_grammar():
    search = planted_search()
    pool = search.pool
    true = describes(pool.captions, pool.clips.table)
    for row in range(0, len(pool.captions), 5):
        sentence = search.sentence(pool.captions["caption"][row])
        np.testing.assert_array_equal(sentence.true, true[row])
        assert sentence.row == pool.captions["row"][row]
    typed = search.sentence("  A Red  seven over bricks. ")
    same = search.sentence("there is a red seven over bricks")
    table = pool.clips.table
    expected = (table["colour"] == 0) & (table["sprite"] == 7) & (table["texture"] == 0)
    np.testing.assert_array_equal(typed.true, expected)
    np.testing.assert_array_equal(same.true, expected)
    assert typed.stated == {"colour": "red", "sprite": "seven", "texture": "bricks"} and typed.row is None
    path = search.sentence("something moves east, then north-east")
    (hit, *_), _ = (found.hits for found in search.find(path))
    assert set(hit.has) == {"east (first)", "north-east (second)"}


def test_a_shape_is_true_of_no_digit_though_both_have_the_number():
    square = planted_search().sentence("a red square")
    assert not square.true.any() and square.stated["sprite"] == "square"
    found = planted_search().find(square)[0]
    assert found.rank is None and not any(hit.has["square"] for hit in found.hits) and found.hits[0].has["red"]
    shapes = planted_search(sprites="shapes").sentence("a red square")
    assert shapes.true.sum() == planted_search().sentence("a red 2").true.sum()


def test_an_unknown_sentence_is_searched_for_but_not_marked():
    retriever = planted_retriever()
    retriever.ask("bright <b>blue</b> weather")
    assert "so what it is true of is not known: no clip is marked" in retriever.message
    assert retriever.best["true"].isna().all() and retriever.ranks["rank"].isna().all()
    assert "not known" in retriever.results.value and "✓ true" not in retriever.results.value
    assert "choose one from the menu" in retriever.table.value and retriever.words.empty


def test_severity_zero_is_clean_and_a_shift_is_embedded_once():
    retriever = planted_retriever()
    retriever.ask("something blue")
    encoder = retriever.search.models[0].head
    clean, page, runs = retriever.best, retriever.results.value, encoder.runs
    retriever.shift(INVERTED.shift, 0)
    assert retriever.best.equals(clean) and retriever.results.value == page and encoder.runs == runs == 40
    assert "Severity 0 is without the shift" in retriever.message
    retriever.shift(INVERTED.shift, INVERTED.severity)
    assert not retriever.best.equals(clean) and encoder.runs == 2 * runs
    found = retriever.found[0]
    assert found.clean == 1 < found.rank and "clean 1" in retriever.results.value
    assert all(hit.clean > 1 and not hit.true for hit in found.hits)
    retriever.shift("gaussian", 1)
    retriever.shift(INVERTED.shift, INVERTED.severity)
    assert encoder.runs == 3 * runs and retriever.found[0] == found
    retriever.shift("", 3)
    assert retriever.best.equals(clean) and "No shift is chosen" in retriever.message


def test_a_shift_of_the_sentence_leaves_the_clips_alone():
    retriever = planted_retriever()
    retriever.ask("there is a blue seven")
    runs = retriever.search.models[0].head.runs
    retriever.shift("paraphrase", 5)
    assert retriever.search.models[0].head.runs == runs
    assert retriever.found[0].asked != "there is a blue seven" and "Under the shift it reads" in retriever.message


def test_the_picture_is_the_clip_that_was_embedded():
    search = planted_search()
    setting = Setting("gaussian", 4)
    moved = np.concatenate([part.numpy() for part in shifted(search.pool.clips, "gaussian", 4)])
    for row in (0, 17):
        np.testing.assert_array_equal(search.pixels(row, setting), moved[row])
        np.testing.assert_array_equal(search.pixels(row), search.pool.clips.clips[row])


def test_embeddings_that_are_kept_are_bounded_and_clean_ones_stay():
    search = planted_search()
    model = search.models[0]
    settings = [Setting(name, severity) for name in ("gaussian", "shot") for severity in range(1, 6)]
    model.clips(search.pool, CLEAN)
    for setting in settings:
        model.clips(search.pool, setting)
        assert len(model.kept) <= KEPT + 1
    assert list(model.kept) == [CLEAN, *settings[-KEPT:]] and len(settings) > KEPT
    runs = model.head.runs
    model.clips(search.pool, Setting("characters", 5))
    assert model.head.runs == runs


def test_an_exchanged_word_is_decided_as_planted_and_as_the_table_counts():
    search = planted_search()
    pool = search.pool
    right = {}
    for row, caption in enumerate(pool.first["caption"]):
        pairs = search.pairs(search.sentence(caption))
        asked = pool.first[["caption"]].assign(clip=pool.first["row"], caption_id=0).iloc[[row]]
        for pair in pairs:
            assert pair.caption == hard_negatives(asked, kinds=(pair.kind,))["caption"].item() != caption
            assert pair.nearer(0) == ("true" if pair.kind == "colour" else "neither") and pair.nearer(1) == "neither"
            right.setdefault(pair.kind, []).append({"true": 1.0, "neither": 0.5}[pair.nearer(0)])
    model = search.models[0]
    for answers in word_answers(pool, model.clips(pool, CLEAN), model.head.texts, list):
        assert answers.right.mean() == pytest.approx(np.mean(right[answers.factor]))


def test_the_pairs_stand_on_the_page_with_what_is_right():
    retriever = planted_retriever()
    retriever.ask(retriever.search.pool.first["caption"][3] if retriever.search else planted_pool().first["caption"][3])
    words = retriever.words
    assert set(words["model"]) == {"hears", "deaf"} and len(words) == 2 * len(retriever.pairs)
    assert words.loc[words["model"] == "hears"].set_index("kind")["nearer"]["colour"] == "true"
    assert "nearer to clip 503" in retriever.table.value and f"1 of {len(retriever.pairs)}" in retriever.table.value


def test_the_page_opens_with_a_caption_and_moving_clips():
    retriever = planted_retriever()
    assert retriever.search is None  # nothing is loaded before
    retriever.open()
    assert retriever.text.value == retriever.search.captions[0] == retriever.caption.value
    assert retriever.results.value.count("data:image/webp") == 2 * BEST
    texts = set(retriever.search.pool.captions["caption"])
    assert retriever.shifts.value == "" and retriever.setting == CLEAN
    offered = [value for _, value in retriever.caption.options]
    assert offered[0] == "" and set(offered[1:]) <= texts and len(offered) == 41
    retriever.caption.value = offered[5]
    assert retriever.text.value == offered[5] and retriever.sentence.caption == offered[5]
    retriever.text.value = "something blue"
    assert retriever.caption.value == "" and retriever.sentence.text == "something blue"
    retriever.severity.value = 5
    retriever.shifts.value = INVERTED.shift
    assert retriever.setting == INVERTED


def test_captions_of_an_imported_set_are_true_of_their_own_clips_and_are_escaped():
    retriever = planted_retriever(own_pool(["<script>x</script>", "a dog", "a dog"]))
    retriever.ask("a dog")
    assert retriever.sentence.true.tolist() == [False, True, True] and retriever.words.empty
    assert "paraphrase" not in retriever.search.shifts and "<script>" not in retriever.results.value
    assert "&lt;script&gt;" in retriever.results.value
    retriever.ask("a red cat over bricks")
    assert retriever.sentence.true is None and "not one of the captions" in retriever.message


def test_what_cannot_be_shown_is_said():
    retriever = planted_retriever()
    retriever.ask("something blue")
    retriever.ask("  ")
    assert "nothing to search for" in retriever.message and retriever.status.content["level"] == "problem"
    assert retriever.results.value == "" and retriever.best.empty
    retriever.shift("gaussian", 1)
    assert "nothing to search for" in retriever.message
    retriever.ask("blue " * (LIMIT + 1))
    assert f"hears reads {LIMIT} tokens: the end of the sentence is cut off" in retriever.message
    retriever.shift("paraphrase", 2)
    assert "not a caption of this grammar" in retriever.message and retriever.best.empty
    retriever.shift("fog", 2)
    assert "cannot have the shift 'fog'" in retriever.message
    retriever.shift("gaussian", 6)
    assert "severity=6" in retriever.message


def test_mistakes_in_the_call_are_said_before_anything_is_loaded():
    for many in ((), ("a", "b", "c")):
        with pytest.raises(WorkbenchError, match=f"one or two encoders side by side, not {len(many)}"):
            open_retriever(*many)
    with pytest.raises(WorkbenchError, match="head='mine'"):
        open_retriever("random", head="mine")
    for name, said in (("random-smoke-s0", "has no text head of its own"), ("nothing-s0", "nothing-s0")):
        retriever = open_retriever(name, head="own")
        retriever.open()
        assert said in retriever.message and retriever.status.content["level"] == "problem"
        with pytest.raises(WorkbenchError, match=said):
            _ = retriever.best


def test_a_view_goes_through_json_and_back():
    retriever = planted_retriever()
    retriever.ask("something blue")
    retriever.shift(INVERTED.shift, INVERTED.severity)
    state = json.loads(json.dumps(retriever.state()))
    assert state["models"] == ["hears", "deaf"] and state["benchmark"] == "planted"
    other = planted_retriever()
    other.restore(state)  # opens what was not open yet
    assert other.best.equals(retriever.best) and other.setting == INVERTED and other.message == retriever.message
    assert other.state() == state and other.text.value == "something blue"
    other.restore({**state, "shift": "", "severity": 0})
    assert other.setting == CLEAN


def test_a_view_of_other_models_opens_them_and_keeps_them_where_they_are_the_same():
    opened = []

    def opener(models, benchmark):
        def open_models(note):
            opened.append((list(models), benchmark))
            search = planted_search()
            search.models = [model for model in search.models if model.name in models]
            return search

        return open_models

    retriever = Retriever(opener(["hears", "deaf"], "planted"), opener)
    retriever.ask("something blue")
    state = retriever.state()
    retriever.restore({**state, "models": ["deaf"]})
    assert retriever.ranks["model"].tolist() == ["deaf"] and retriever.text.value == "something blue"
    retriever.restore({**state, "models": ["deaf"], "sentence": "something red"})
    assert opened == [(["hears", "deaf"], "planted"), (["deaf"], "planted")]
    assert retriever.sentence.text == "something red"


def test_a_view_that_cannot_be_shown_is_said():
    retriever = planted_retriever()
    retriever.ask("something blue")
    state = retriever.state()
    for broken, said in (
        ({**state, "format": 9}, "has format 9; this version reads format 1"),
        ({key: value for key, value in state.items() if key != "shift"}, "lacks shift"),
        ({**state, "shift": "fog"}, "cannot have the shift 'fog'"),
    ):
        retriever.restore(broken)
        assert said in retriever.message and retriever.status.content["level"] == "problem"
    gone = open_retriever("random")
    gone.restore({**state, "models": ["nothing-s0"]})
    assert "nothing-s0" in gone.message and gone.status.content["level"] == "problem"
