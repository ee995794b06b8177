"""Text shifts: the same for the same caption and seed, stronger from 1 to 5 by their measure, true to what was said."""

import random
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.captions import make_captions
from workbench.data.grammar import GRAMMARS, derivation_of, options, parse
from workbench.data.phrases import FACTORS, NORMAL
from workbench.data.text_shifts import (
    SEVERITIES,
    TEXT_SHIFTS,
    edit_distance,
    shift_captions,
    words_changed,
    words_moved,
)
from workbench.errors import UnknownName, WorkbenchError

CAPTIONS = make_captions(BENCHMARKS["mixed"].table(DataSettings(train_clips=60), "train"), per_clip=2)["caption"]
FREE = ("characters", "drop", "swap")  # for any text


@cache
def shares(name: str) -> list[float]:
    """The measure of a shift, mean over captions, by severity."""
    shift = TEXT_SHIFTS[name]
    shifted = [shift_captions(CAPTIONS, name, severity) for severity in SEVERITIES]
    return [float(np.mean([shift.measure(a, b) for a, b in zip(CAPTIONS, texts, strict=True)])) for texts in shifted]


@pytest.mark.parametrize("name", TEXT_SHIFTS)
def test_the_measure_rises_with_severity(name):
    found = np.array(shares(name))
    assert found[0] > 0.02
    assert (np.diff(found) > 0.02).all(), found
    assert found[-1] <= 1


@pytest.mark.parametrize("name", ["characters", "drop", "swap"])
def test_the_measure_is_near_the_stated_share(name):
    np.testing.assert_allclose(shares(name), TEXT_SHIFTS[name].shares, atol=0.04)


@pytest.mark.parametrize("name", TEXT_SHIFTS)
def test_a_caption_is_shifted_by_its_text_and_the_seed_wherever_it_stands(name):
    whole = shift_captions(CAPTIONS, name, 3, seed=5)
    assert shift_captions(CAPTIONS[::-1], name, 3, seed=5) == whole[::-1]
    assert shift_captions(CAPTIONS[7:9], name, 3, seed=5) == whole[7:9]
    assert np.mean([a != b for a, b in zip(shift_captions(CAPTIONS, name, 3, seed=6), whole, strict=True)]) > 0.8


def test_words_are_dropped_in_one_order():
    for caption in CAPTIONS[:20]:
        before = caption.split()
        for severity in SEVERITIES:
            after = shift_captions([caption], "drop", severity)[0].split()
            rest = iter(before)
            assert all(word in rest for word in after)  # a part of the words, in their order
            assert edit_distance(before, after) == len(before) - len(after)
            before = after


def test_swapped_words_are_the_same_words():
    for severity in SEVERITIES:
        for before, after in zip(CAPTIONS, shift_captions(CAPTIONS, "swap", severity), strict=True):
            assert sorted(before.split()) == sorted(after.split())
            assert before != after


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_paraphrase_says_the_same(severity):
    for before, after in zip(CAPTIONS, shift_captions(CAPTIONS, "paraphrase", severity), strict=True):
        assert parse(after) == parse(before), after
        assert after != before


def test_at_severity_5_a_paraphrase_has_no_phrase_or_word_of_the_normal_grammar():
    normal = {slot: options(slot, (NORMAL,)) for slot in ("sentence", "who", "does", "where", *FACTORS)}
    for text in shift_captions(CAPTIONS, "paraphrase", 5):
        kept = {slot for slot, phrase in derivation_of(text).items() if phrase in normal[slot]}
        assert kept <= {"does"}  # `{event}`: the event itself is said anew
    assert len(GRAMMARS) == 2


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60), severity=st.sampled_from(SEVERITIES), name=st.sampled_from(FREE))
def test_any_text_can_be_shifted(text, severity, name):
    (shifted,) = shift_captions([text], name, severity)
    words = len(text.split())
    assert len(shifted.split()) >= {"drop": 1, "swap": words, "characters": 0}[name] * bool(words)


def test_a_foreign_caption_has_no_paraphrase_and_bad_names_are_refused():
    with pytest.raises(WorkbenchError, match="'a man is cooking' is not a caption"):
        shift_captions(["a man is cooking"], "paraphrase", 1)
    with pytest.raises(UnknownName, match="text shift 'typo'"):
        shift_captions(["a"], "typo", 1)
    for severity in (0, 6):
        with pytest.raises(WorkbenchError, match=f"severity={severity} of the text shift 'drop'"):
            shift_captions(["a"], "drop", severity)


def test_distances_of_known_texts():
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("", "abc") == edit_distance("abc", "") == 3
    assert words_changed("a red seven moves", "a seven moves up") == 0.5
    assert words_moved("a b c d", "b a c d") == 0.5


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_the_edit_distance_is_a_distance(a, b, c):
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


def test_a_typing_error_is_at_most_two_letters_away_for_each_letter_hit():
    rng = random.Random(0)
    for _ in range(50):
        word = "".join(rng.choices("abcdefgh", k=20))
        (typed,) = shift_captions([word], "characters", 2)
        assert edit_distance(word, typed) <= 2 * 2
