"""The grammar of captions at work: a derivation becomes text (`realise`), text its derivation and facts (`parse`).

A derivation says which phrase fills each slot. Two derivations may give one text, but only with the same facts: so the
text alone says what it states.

>>> parse("a small red seven moves east, then north over bricks")
{'sprite': 7, 'colour': 0, 'size': 0, 'texture': 0, 'first': 0, 'second': 2}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, product

from workbench.data.held_out_phrases import HELD_OUT
from workbench.data.phrases import FACTORS, GERUNDS, NORMAL, Phrases
from workbench.errors import WorkbenchError

Derivation = dict[str, str]  # slot -> phrase; the slots are 'sentence', 'who', 'does', 'where' and factors

SLOT = re.compile(r"\{(\w+)\}")
GRAMMARS = (NORMAL, HELD_OUT)
KINDS = ("digits", "shapes")
_VERB = re.compile(rf"\b({'|'.join(GERUNDS)})\b")
_ARTICLE = re.compile(r"\ba(?= (?!one\b)[aeiou8])")


def slots(phrase: str) -> frozenset[str]:
    """Names of the slots in a phrase; `{doing}` counts as `does`."""
    return frozenset("does" if name == "doing" else name for name in SLOT.findall(phrase))


def gerund(text: str) -> str:
    """The phrase with its verbs in -ing: 'moves, then spins' gives 'moving, then spinning'."""
    return _VERB.sub(lambda found: GERUNDS[found[1]], text)


def realise(derivation: Derivation) -> str:
    """The text of a derivation."""

    def fill(phrase: str) -> str:
        return SLOT.sub(lambda found: slot(found[1]), phrase)

    def slot(name: str) -> str:
        return gerund(fill(derivation["does"])) if name == "doing" else fill(derivation[name])

    return _ARTICLE.sub("an", fill(derivation["sentence"]))


def facts(derivation: Derivation) -> dict[str, int]:
    """The factors that a derivation states, with their values."""
    return {name: value_of(name, derivation[name]) for name in FACTORS if name in derivation}


def readings(caption: str) -> Iterator[Derivation]:
    """Every derivation of a caption, of the normal and of the held-out phrases."""
    for sentence in options("sentence"):
        if found := _pattern(sentence).fullmatch(caption):
            parts = [_readings(slot, text) for slot, text in found.groupdict().items()]
            for choice in product(*parts):
                yield {"sentence": sentence} | dict(chain.from_iterable(part.items() for part in choice))


def derivation_of(caption: str) -> Derivation:
    """The first derivation of a caption; a text that the grammar cannot give raises."""
    for derivation in readings(caption):
        return derivation
    raise WorkbenchError(
        f"'{caption[:120]}' is not a caption of this grammar. Only captions of rendered clips can be parsed."
    )


def parse(caption: str) -> dict[str, int]:
    """The factors that a caption states, with their values: the inverse of the grammar."""
    return facts(derivation_of(caption))


def value_of(factor: str, word: str) -> int:
    """The value of `factor` that a word stands for."""
    return _meanings(factor)[word]


def exchanged(derivation: Derivation, factor: str, value: int) -> Derivation:
    """The derivation with the word of `factor` exchanged for that of another value, in the same style."""
    word = derivation[factor]
    grammar, kind = _home(factor, word)
    words = grammar.words[kind]
    style = words[value_of(factor, word)].index(word)
    return derivation | {factor: words[value][style % len(words[value])]}


def content(phrase: str) -> frozenset[str]:
    """What a phrase says: the slots of who and does; of a sentence 'texture', however shown, and 'does'."""
    return frozenset("texture" if name == "where" else name for name in slots(phrase)) - {"who"}


@cache
def fitting(slot: str, said: frozenset[str], grammar: Phrases) -> tuple[str, ...]:
    """Phrases of a slot with exactly this content."""
    return tuple(phrase for phrase in grammar.phrases[slot] if content(phrase) == said)


def synonyms(factor: str, word: str, grammar: Phrases) -> tuple[str, ...]:
    """The words of a grammar for the value that `word` stands for; those of the same kind of sprites."""
    return grammar.words[_home(factor, word)[1]][value_of(factor, word)]


@cache
def options(slot: str, grammars: tuple[Phrases, ...] = GRAMMARS) -> tuple[str, ...]:
    """All phrases of a slot, or all words of a factor."""
    if slot in FACTORS:
        return tuple(chain.from_iterable(chain.from_iterable(_word_lists(slot, grammars))))
    return tuple(chain.from_iterable(grammar.phrases[slot] for grammar in grammars))


def vocabulary(grammar: Phrases, sprites: str) -> list[str]:
    """The different words of all captions that a grammar can give of one kind of sprites, in order."""
    names = [sprites if name == "sprite" else name for name in FACTORS]
    texts = ["an", *chain(*grammar.phrases.values()), *(word for name in names for word in chain(*grammar.words[name]))]
    texts += [gerund(text) for text in (*grammar.phrases["does"], *chain(*grammar.words["event"]))]
    return sorted({word for text in texts for word in re.findall(r"[a-z0-9-]+", SLOT.sub(" ", text))})


def _kinds(factor: str) -> tuple[str, ...]:
    """Names of the word lists of a factor."""
    return KINDS if factor == "sprite" else (factor,)


def _word_lists(factor: str, grammars: tuple[Phrases, ...]) -> list[tuple[tuple[str, ...], ...]]:
    return [grammar.words[kind] for grammar in grammars for kind in _kinds(factor)]


@cache
def _home(factor: str, word: str) -> tuple[Phrases, str]:
    """The grammar and the name of the list that a word of a factor stands in."""
    homes = ((grammar, kind) for grammar in GRAMMARS for kind in _kinds(factor))
    return next((grammar, kind) for grammar, kind in homes if word in chain(*grammar.words[kind]))


@cache
def _meanings(factor: str) -> dict[str, int]:
    lists = _word_lists(factor, GRAMMARS)
    return {word: value for words in lists for value, forms in enumerate(words) for word in forms}


def _readings(slot: str, text: str) -> list[Derivation]:
    """Derivations of the text that fills one slot of a sentence."""
    doing, slot = slot == "doing", "does" if slot == "doing" else slot
    if slot in FACTORS:
        return [{slot: _finite(slot, doing)[text]}]
    found = []
    for phrase in options(slot):
        if match := _pattern(phrase, doing).fullmatch(text):
            words = {name: _finite(name, doing)[word] for name, word in match.groupdict().items()}
            found.append({slot: phrase} | words)
    return found


@cache
def _finite(factor: str, doing: bool) -> dict[str, str]:
    """Words as they stand in the text -> words of the grammar."""
    return {_ARTICLE.sub("an", gerund(word) if doing else word): word for word in options(factor)}


@cache
def _pattern(phrase: str, doing: bool = False) -> re.Pattern[str]:
    return re.compile(_source(phrase, doing, named=True))


def _source(phrase: str, doing: bool, named: bool) -> str:
    """A regular expression for a phrase; its slots are groups, named or not."""
    pieces = SLOT.split(phrase)  # literal, slot, literal, ...
    for index, piece in enumerate(pieces):
        if index % 2:
            body = _body("does" if piece == "doing" else piece, doing or piece == "doing")
            pieces[index] = f"(?P<{piece}>{body})" if named else f"(?:{body})"
        else:
            pieces[index] = re.sub(r"\ba(?=\\ )", "an?", re.escape(gerund(piece) if doing else piece))
    return "".join(pieces)


@cache
def _body(slot: str, doing: bool) -> str:
    if slot in FACTORS:
        return "|".join(map(re.escape, _finite(slot, doing)))
    return "|".join(_source(phrase, doing, named=False) for phrase in options(slot))
