"""Phrases and words that captions are never drawn from: kept for the text shift `paraphrase`.

They share no phrase and no word for a value with `phrases.NORMAL`; each of its phrases has one here with the same
slots.
"""

from __future__ import annotations

from workbench.data.phrases import Phrases, Words, digit_words

_DIRECTIONS: Words = (
    ("towards the right",),
    ("towards the upper right",),
    ("towards the top",),
    ("towards the upper left",),
    ("towards the left",),
    ("towards the lower left",),
    ("towards the bottom",),
    ("towards the lower right",),
)

HELD_OUT = Phrases(
    phrases={
        "sentence": (
            "in this recording one can watch {who} {where} as it {does}",
            "what the camera shows us {where} is {who} {doing}",
            "look how {who} {does} while the background shows {texture}",
            "in this recording one can watch {who} as it {does}",
            "what the camera shows us is {who} {doing}",
            "in this recording one can watch {who} {where}",
            "look at {who} while the background shows {texture}",
            "in this recording one can watch {who}",
        ),
        "who": (
            "one {sprite} of {size} build and {colour} paint",
            "one {colour} coloured {sprite} of {size} build",
            "one {colour} coloured {sprite}",
            "one {sprite} of {size} build",
            "one single {sprite}",
            "one {colour} coloured item of {size} build",
            "one {colour} coloured item",
            "one item of {size} build",
            "one single item",
        ),
        "does": (
            "makes its way {first} to begin with and {second} later on",
            "proceeds {second} once its way {first} is over",
            "inches along {drift}",
            "wanders ever so slightly {drift}",
        ),
        "where": (
            "with {texture} for a backdrop",
            "before a scene that shows {texture}",
            "on top of an image showing {texture}",
        ),
    },
    words={
        "digits": digit_words("numeral {digit}", "figure {word} written by hand"),
        "shapes": (
            ("half of a round plate",),
            ("waning moon outline",),
            ("quadratic block",),
            ("quadratic outline",),
            ("three-cornered block",),
            ("stick",),
            ("addition symbol",),
            ("pentagram outline",),
            ("love symbol",),
            ("pointer symbol",),
        ),
        "colour": (
            ("scarlet",),
            ("tangerine",),
            ("lemon",),
            ("emerald",),
            ("aqua",),
            ("cobalt",),
            ("amethyst",),
            ("fuchsia",),
        ),
        "size": (("modest",), ("average",), ("hefty",)),
        "texture": (
            ("blocks of baked clay",),
            ("turf",),
            ("pebbles",),
            ("ancient money",),
            ("someone filming",),
            ("a whiskered pet",),
            ("an espresso",),
            ("an eastern palace",),
            ("petals in bloom",),
            ("lunar craters",),
        ),
        "first": _DIRECTIONS,
        "second": _DIRECTIONS,
        "drift": _DIRECTIONS,
        "event": (
            ("slides horizontally from left to right",),
            ("slides horizontally from right to left",),
            ("rises vertically",),
            ("sinks vertically",),
            ("swerves off to its left side",),
            ("swerves off to its right side",),
            ("follows a ring against the hands of a clock",),
            ("follows a ring like the hands of a clock",),
            ("twirls around itself against the hands of a clock",),
            ("twirls around itself like the hands of a clock",),
            ("accelerates",),
            ("decelerates",),
            ("waits motionless until it departs",),
            ("carries on until it halts",),
            ("makes a journey that finishes in a twirl",),
            ("makes a twirl that finishes in a journey",),
        ),
    },
)
