"""The grammar of captions: every text says exactly what it was made to say."""

import random
import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.factors import COLOURS, SIZES, TEXTURES
from workbench.data.grammar import (
    GRAMMARS,
    exchanged,
    facts,
    fitting,
    gerund,
    options,
    parse,
    readings,
    realise,
    slots,
    vocabulary,
)
from workbench.data.held_out_phrases import HELD_OUT
from workbench.data.motions import DIRECTIONS, EVENTS
from workbench.data.phrases import FACTORS, NORMAL
from workbench.data.sprites import SHAPES
from workbench.errors import WorkbenchError


def skeletons(grammars):
    """Every way to put phrases together: derivations without their words."""
    for sentence in options("sentence", grammars):
        parts = [
            [(slot, phrase) for phrase in options(slot, grammars)] for slot in sorted(slots(sentence) - {"texture"})
        ]
        for chosen in product(*parts):
            yield {"sentence": sentence} | dict(chosen)


def factors_of(skeleton) -> list[str]:
    said = set().union(*(slots(phrase) for phrase in skeleton.values()))
    return [name for name in FACTORS if name in said]


def test_parse_gives_what_was_said_in_every_phrase_with_every_word():
    rng, meanings, count = random.Random(0), {}, 0
    words = {name: list(options(name, (NORMAL,))) for name in FACTORS}
    turns = dict.fromkeys(FACTORS, 0)
    for skeleton in skeletons((NORMAL,)):
        derivation = dict(skeleton)
        for name in factors_of(skeleton):
            if turns[name] % len(words[name]) == 0:
                rng.shuffle(words[name])
            derivation[name] = words[name][turns[name] % len(words[name])]
            turns[name] += 1
        text, said = realise(derivation), facts(derivation)
        assert parse(text) == said, text
        assert meanings.setdefault(text, said) == said, text
        count += 1
    assert count > 4000
    assert all(turns[name] >= 5 * len(words[name]) for name in FACTORS)


@st.composite
def derivations(draw):
    """A derivation of normal and held-out phrases in any mixture."""
    derivation = {"sentence": draw(st.sampled_from(options("sentence")))}
    for slot in sorted(slots(derivation["sentence"]) - {"texture"}):
        derivation[slot] = draw(st.sampled_from(options(slot)))
    return derivation | {name: draw(st.sampled_from(options(name))) for name in factors_of(derivation)}


@settings(max_examples=300, deadline=None)
@given(derivations())
def test_all_readings_of_a_text_say_the_same(derivation):
    text, said = realise(derivation), facts(derivation)
    found = list(readings(text))
    assert found
    for reading in found:
        assert facts(reading) == said
        assert realise(reading) == text


@pytest.mark.parametrize("factor", FACTORS)
def test_a_word_stands_for_one_value_of_its_factor(factor):
    words = options(factor)
    assert len(set(words)) == len(words)
    assert len({gerund(word) for word in words}) == len(words)


def test_the_words_follow_the_numbers_of_the_factors():
    levels = {"colour": COLOURS, "size": SIZES, "texture": TEXTURES, "event": EVENTS, "first": DIRECTIONS}
    levels |= {"digits": range(10), "shapes": SHAPES, "second": DIRECTIONS, "drift": DIRECTIONS}
    for grammar in GRAMMARS:
        assert {name: len(words) for name, words in grammar.words.items()} == {k: len(v) for k, v in levels.items()}
    for names, kind in ((COLOURS, "colour"), (DIRECTIONS, "first")):
        assert [words[0] for words in NORMAL.words[kind]] == list(names)
    # Of the other lists, the names that are words of captions stand in their place.
    for names, kind in ((SHAPES, "shapes"), (EVENTS, "event"), (TEXTURES, "texture")):
        known = {word: value for value, words in enumerate(NORMAL.words[kind]) for word in words}
        shared = {name for name in names if name in known}
        assert len(shared) >= 2
        assert all(known[name] == names.index(name) for name in shared)


def test_every_normal_phrase_has_a_held_out_one_that_says_the_same_and_is_not_normal():
    for slot, phrases in NORMAL.phrases.items():
        assert not set(phrases) & set(HELD_OUT.phrases[slot])
        for phrase in set(phrases) - {"{event}"}:
            said = frozenset("texture" if name == "where" else name for name in slots(phrase)) - {"who"}
            assert fitting(slot, said, HELD_OUT), phrase
    for factor in FACTORS:
        assert not set(options(factor, (NORMAL,))) & set(options(factor, (HELD_OUT,)))


def test_the_vocabulary_has_the_stated_size_and_is_what_captions_use():
    digits, shapes = vocabulary(NORMAL, "digits"), vocabulary(NORMAL, "shapes")
    assert (len(digits), len(shapes)) == (188, 185)
    rng, seen = random.Random(0), set()
    for skeleton in skeletons((NORMAL,)):
        words = {name: rng.choice(options(name, (NORMAL,))) for name in factors_of(skeleton)}
        seen |= set(re.findall(r"[a-z0-9-]+", realise(skeleton | words)))
    assert seen == set(digits) | set(shapes)


def test_articles_and_verbs_fit_their_words():
    derivation = {"sentence": "a clip of {who} {doing}", "who": "a {sprite}", "does": "{event}", "sprite": "8"}
    derivation["event"] = "stands still, then sets off"
    assert realise(derivation) == "a clip of an 8 standing still, then setting off"
    assert realise(derivation | {"sprite": "one"}) == "a clip of a one standing still, then setting off"
    assert realise(derivation | {"sprite": "arrow"}).startswith("a clip of an arrow ")
    orange = {"sentence": "{who} can be seen", "who": "a {colour} {sprite}", "colour": "orange", "sprite": "seven"}
    assert realise(orange) == "an orange seven can be seen"


def test_an_exchanged_word_keeps_its_style():
    said = {"sprite": "handwritten 7", "first": "up and to the left"}
    assert exchanged(said, "sprite", 2)["sprite"] == "handwritten 2"
    assert exchanged(said, "first", 6)["first"] == "down"
    assert exchanged({"sprite": "plus sign"}, "sprite", 9)["sprite"] == "arrow"


def test_a_caption_is_read_as_its_words_say():
    text = "with a photo of the moon behind it, an orange 8 travels up before turning down and to the right"
    assert parse(text) == {"sprite": 8, "colour": 1, "texture": 9, "first": 2, "second": 7}
    text = "a big heart is seen moving south after going east"
    assert parse(text) == {"sprite": 8, "size": 2, "first": 0, "second": 6}


def test_a_text_of_another_kind_is_refused_by_name():
    for text in ("a man is cooking", "", "a small red seven moves", "A small red seven"):
        with pytest.raises(WorkbenchError, match="not a caption"):
            parse(text)
