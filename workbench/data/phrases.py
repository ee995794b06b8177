"""The words and phrases of the captions: what can be said of each value of a factor, and how it is put together.

A `{slot}` is filled from a list of phrases (who, does, where) or with a word for the value of a factor; `{doing}` is
the phrase of `does` with its verbs in -ing. "a" becomes "an" where the next word asks for it. All text is in lower
case and without a full stop, as in MSR-VTT. `NORMAL`, which captions are drawn from, has 188 different words with
digits and 185 with shapes.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.data.motions import DIRECTIONS

FACTORS = ("sprite", "colour", "size", "texture", "first", "second", "event", "drift")
MOTION_FACTORS = frozenset({"first", "second", "event", "drift"})
DIRECTION_FACTORS = frozenset({"first", "second", "drift"})  # a caption names its directions in one style

Words = tuple[tuple[str, ...], ...]  # value of a factor -> its synonyms


@dataclass(frozen=True, eq=False)  # compared by identity, so that it can be a key of a cache
class Phrases:
    """A grammar: `phrases` of the slots sentence, who, does and where; `words` of the factors.

    The n-th synonym of a direction belongs to style n; a caption keeps to one. The n-th phrase of an event and that
    of its reversal differ only in what tells the two apart. Sprites have words for both kinds; in `words` they stand
    under the name of the kind.
    """

    phrases: dict[str, tuple[str, ...]]
    words: dict[str, Words]


def digit_words(*forms: str) -> Words:
    """Synonyms of the digits from forms with {word} or {digit}."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return tuple(tuple(form.format(word=word, digit=digit) for form in forms) for digit, word in enumerate(names))


_SCREEN = (
    "to the right",
    "up and to the right",
    "up",
    "up and to the left",
    "to the left",
    "down and to the left",
    "down",
    "down and to the right",
)
_DIRECTIONS: Words = tuple((word, f"{word}wards", seen) for word, seen in zip(DIRECTIONS, _SCREEN, strict=True))

NORMAL = Phrases(
    phrases={
        "sentence": (
            "{who} {does} {where}",
            "{who} {where} {does}",
            "{where}, {who} {does}",
            "a clip of {who} {doing} {where}",
            "{who} is seen {doing} {where}",
            "there is {who} {where}, and it {does}",
            "{texture} can be seen behind {who} that {does}",
            "{who} {does}",
            "a clip of {who} {doing}",
            "{who} is seen {doing}",
            "there is {who} that {does}",
            "{who} {where}",
            "a clip of {who} {where}",
            "there is {who} {where}",
            "{texture} can be seen behind {who}",
            "a clip of {who}",
            "there is {who}",
            "{who} can be seen",
        ),
        "who": (
            "a {size} {colour} {sprite}",
            "a {size} {sprite} in {colour}",
            "a {colour} {sprite}",
            "a {sprite} in {colour}",
            "a {size} {sprite}",
            "a {sprite}",
            "a {size} {colour} object",
            "a {size} {colour} thing",
            "a {colour} object",
            "something {colour}",
            "a {size} object",
            "something {size}",
            "an object",
            "something",
        ),
        "does": (
            "moves {first}, then {second}",
            "goes {first} and then {second}",
            "travels {first} before turning {second}",
            "moves {second} after going {first}",
            "first heads {first}, then {second}",
            "begins by going {first} and ends by going {second}",
            "{event}",
            "drifts slowly {drift}",
            "floats gently {drift}",
            "creeps {drift}",
        ),
        "where": (
            "over {texture}",
            "in front of {texture}",
            "against a picture of {texture}",
            "with {texture} in the background",
            "with a photo of {texture} behind it",
        ),
    },
    words={
        "digits": digit_words("{word}", "{digit}", "handwritten {word}", "handwritten {digit}", "number {digit}"),
        "shapes": (
            ("half-disc", "semicircle"),
            ("crescent", "sickle"),
            ("square", "square shape"),
            ("hollow square", "square frame"),
            ("triangle", "triangular shape"),
            ("bar", "rod"),
            ("plus sign", "cross"),
            ("star", "five-pointed star"),
            ("heart", "heart shape"),
            ("arrow", "arrow sign"),
        ),
        "colour": (
            ("red", "bright red"),
            ("orange", "bright orange"),
            ("yellow", "bright yellow"),
            ("green", "bright green"),
            ("cyan", "turquoise"),
            ("blue", "bright blue"),
            ("violet", "purple"),
            ("magenta", "pink"),
        ),
        "size": (("small", "little"), ("medium-sized", "mid-sized"), ("large", "big")),
        "texture": (
            ("bricks", "brick paving"),
            ("grass", "a lawn"),
            ("gravel", "small stones"),
            ("coins", "old coins"),
            ("a photographer", "a cameraman"),
            ("a cat", "a tabby cat"),
            ("a cup of coffee", "a coffee cup"),
            ("a pagoda", "a chinese temple"),
            ("a flower", "a dahlia"),
            ("the moon", "the surface of the moon"),
        ),
        "first": _DIRECTIONS,
        "second": _DIRECTIONS,
        "drift": _DIRECTIONS,
        "event": (
            ("moves straight to the right", "goes right all the way", "heads steadily to the right"),
            ("moves straight to the left", "goes left all the way", "heads steadily to the left"),
            ("moves straight up", "goes up all the way", "heads steadily upwards"),
            ("moves straight down", "goes down all the way", "heads steadily downwards"),
            ("turns left halfway", "goes straight on and then turns left", "takes a turn to the left"),
            ("turns right halfway", "goes straight on and then turns right", "takes a turn to the right"),
            ("circles anticlockwise", "goes round in an anticlockwise circle", "moves in a circle, anticlockwise"),
            ("circles clockwise", "goes round in a clockwise circle", "moves in a circle, clockwise"),
            ("spins anticlockwise on the spot", "rotates anticlockwise in place", "keeps spinning anticlockwise"),
            ("spins clockwise on the spot", "rotates clockwise in place", "keeps spinning clockwise"),
            ("speeds up", "moves faster and faster", "starts slowly and gains speed"),
            ("slows down", "moves slower and slower", "starts fast and loses speed"),
            ("stands still, then sets off", "rests at first and then moves off", "sets off after standing still"),
            ("moves, then comes to rest", "moves at first and then stands still", "comes to rest after moving"),
            ("moves, then spins on the spot", "moves along first and spins afterwards", "spins after moving along"),
            ("spins on the spot, then moves", "spins first and moves along afterwards", "moves along after spinning"),
        ),
    },
)

GERUNDS = {
    "accelerates": "accelerating",
    "begins": "beginning",
    "carries": "carrying",
    "circles": "circling",
    "comes": "coming",
    "creeps": "creeping",
    "decelerates": "decelerating",
    "drifts": "drifting",
    "ends": "ending",
    "floats": "floating",
    "follows": "following",
    "gains": "gaining",
    "goes": "going",
    "heads": "heading",
    "inches": "inching",
    "keeps": "keeping",
    "loses": "losing",
    "makes": "making",
    "moves": "moving",
    "proceeds": "proceeding",
    "rests": "resting",
    "rises": "rising",
    "rotates": "rotating",
    "sets": "setting",
    "sinks": "sinking",
    "slides": "sliding",
    "slows": "slowing",
    "speeds": "speeding",
    "spins": "spinning",
    "stands": "standing",
    "starts": "starting",
    "swerves": "swerving",
    "takes": "taking",
    "travels": "travelling",
    "turns": "turning",
    "twirls": "twirling",
    "waits": "waiting",
    "wanders": "wandering",
}
