"""Text shifts: captions made harder to read, seeded, at severity 1 to 5; what a caption is true of stays as it was.

    shifted = shift_captions(captions["caption"], "characters", severity=3, seed=0)

Each entry of `TEXT_SHIFTS` names its measure: the share of the text that changes, which rises with severity on the
mean over captions. `characters`, `drop` and `swap` apply to any text; `paraphrase` says the factors of a caption of
the workbench's own grammar in phrases that the grammar never uses otherwise. A word that is dropped can be one that
tells two clips apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from workbench.data.grammar import content, derivation_of, fitting, realise, slots, synonyms
from workbench.data.held_out_phrases import HELD_OUT
from workbench.data.phrases import FACTORS
from workbench.data.shifts.base import SEVERITIES, part_of
from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.registry import Registry

ERRORS = (0.04, 0.08, 0.12, 0.18, 0.25)  # share of the letters and digits
DROPPED = (0.1, 0.2, 0.3, 0.4, 0.5)  # share of the words
SWAPPED = (0.15, 0.3, 0.45, 0.6, 0.8)
SAID_ANEW = (0.2, 0.4, 0.6, 0.8, 1.0)  # share of the phrases and words of factors
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True)
class TextShift:
    """A shift. `apply` gets a caption, a share (of `shares`, by severity) and a generator of this caption's own.

    `measure` gives what rises with severity, from 0 to 1, for a caption before and after.
    """

    title: str
    shares: tuple[float, ...]
    apply: Callable[[str, float, random.Random], str]
    measure: Callable[[str, str], float]


TEXT_SHIFTS: Registry[TextShift] = Registry("text shift")


def shift_captions(captions: Iterable[str], name: str, severity: int, seed: int = 0) -> list[str]:
    """The captions, shifted. What happens to one depends on its text, the shift and the seed, not on the others.

    The places that change at one severity are among those of the next.
    """
    shift = TEXT_SHIFTS[name]
    if severity not in SEVERITIES:
        raise WorkbenchError(f"severity={severity} of the text shift '{name}': give 1 to 5.")
    share = shift.shares[severity - 1]
    return [shift.apply(text, share, random.Random(content_key("text", name, seed, text))) for text in captions]


def edit_distance(before: Sequence[str], after: Sequence[str]) -> int:
    """Levenshtein distance of two texts, or of two lists of words: insertions, deletions and substitutions."""
    row = list(range(len(after) + 1))
    for i, old in enumerate(before, start=1):
        diagonal, row[0] = row[0], i
        for j, new in enumerate(after, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (old != new))
    return row[-1]


def letters_changed(before: str, after: str) -> float:
    """Levenshtein distance in characters, as a share of the longer text."""
    return edit_distance(before, after) / max(len(before), len(after), 1)


def words_changed(before: str, after: str) -> float:
    """Levenshtein distance in words, as a share of the words of the longer text."""
    old, new = before.split(), after.split()
    return edit_distance(old, new) / max(len(old), len(new), 1)


def words_moved(before: str, after: str) -> float:
    """Share of the places that hold another word than before; for texts of equally many words."""
    old, new = before.split(), after.split()
    return sum(a != b for a, b in zip(old, new, strict=True)) / max(len(old), 1)


def _characters(text: str, share: float, rng: random.Random) -> str:
    """Typing errors at a share of the letters and digits: a neighbouring key, a letter left out, doubled or swapped."""
    places = [index for index, letter in enumerate(text) if letter.isalnum()]
    rng.shuffle(places)
    letters, done = list(text), set[int]()
    for place in places[: part_of(share, len(places))]:
        error, key, following = rng.choice(("key", "omit", "double", "swap")), _neighbour(text[place], rng), place + 1
        if place in done:
            continue
        if error == "swap" and following < len(text) and following not in done and text[following] != text[place]:
            letters[place], letters[following] = text[following], text[place]
            done.add(following)
        else:
            letters[place] = {"omit": "", "double": text[place] * 2}.get(error, key)
        done.add(place)
    return "".join(letters)


def _neighbour(letter: str, rng: random.Random) -> str:
    """The letter of a key beside that of `letter`; for a digit another digit, for a letter of no key any one."""
    if letter.isdigit():
        return rng.choice([digit for digit in "0123456789" if digit != letter])
    row = next((row for row in KEYS if letter.lower() in row), None)
    if row is None:
        return rng.choice("".join(KEYS))
    place = row.index(letter.lower())
    return rng.choice(row[max(place - 1, 0) : place] + row[place + 1 : place + 2])


def _drop(text: str, share: float, rng: random.Random) -> str:
    words = text.split()
    places = rng.sample(range(len(words)), len(words))
    dropped = set(places[: min(part_of(share, len(words)), len(words) - 1)])
    return " ".join(word for place, word in enumerate(words) if place not in dropped)


def _swap(text: str, share: float, rng: random.Random) -> str:
    """A share of the words, two by two, change places."""
    words = text.split()
    places = rng.sample(range(len(words)), len(words))
    pairs = [(a, b) for a, b in zip(places[::2], places[1::2], strict=False) if words[a] != words[b]]
    for a, b in pairs[: part_of(share / 2, len(words))]:
        words[a], words[b] = words[b], words[a]
    return " ".join(words)


def _paraphrase(text: str, share: float, rng: random.Random) -> str:
    """A share of the phrases and words of a caption becomes held-out ones that say the same."""
    said = derivation_of(text)
    parts = [slot for slot, phrase in said.items() if slot in FACTORS or fitting(slot, content(phrase), HELD_OUT)]
    rng.shuffle(parts)
    for slot in parts[: part_of(share, len(parts))]:
        if slot in FACTORS:
            said[slot] = rng.choice(synonyms(slot, said[slot], HELD_OUT))
        else:
            said[slot] = rng.choice(fitting(slot, content(said[slot]), HELD_OUT))
    # A sentence that names the texture itself may have become one with a phrase for it.
    if "where" in slots(said["sentence"]) and "where" not in said:
        said["where"] = rng.choice(HELD_OUT.phrases["where"])
    return realise(said)


TEXT_SHIFTS.add("characters", TextShift("typing errors", ERRORS, _characters, letters_changed))
TEXT_SHIFTS.add("drop", TextShift("words left out", DROPPED, _drop, words_changed))
TEXT_SHIFTS.add("swap", TextShift("words that change places", SWAPPED, _swap, words_moved))
TEXT_SHIFTS.add("paraphrase", TextShift("the same factors in other words", SAID_ANEW, _paraphrase, words_changed))
