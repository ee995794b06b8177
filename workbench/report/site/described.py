"""What an entry of any registry says of itself: a class, a function, a partial one, or a record of fields."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from typing import Any

TITLES = ("title", "what", "stands_for")  # the field of a record that says in words what it is
HIDDEN = ("name", "trained", "regime")


@dataclass(frozen=True)
class Described:
    """A title, a text with paragraphs, and short facts by name."""

    title: str = ""
    text: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def described(entry: Any) -> Described:
    """What `entry` is, from its docstring, its signature or its fields."""
    if isinstance(entry, type):
        return Described(text=_doc(entry), facts=_settings(entry))
    if isinstance(entry, partial):
        found = described(entry.func)
        return Described(found.title, found.text, {**found.facts, **{k: _words(v) for k, v in entry.keywords.items()}})
    if is_dataclass(entry):
        return _record(entry)
    if callable(entry):
        if entry.__name__ == "<lambda>":
            return _lambda(entry)
        where = getattr(entry, "__module__", "") or ""
        return Described(text=_doc(entry), facts={"Function": f"{where}.{getattr(entry, '__qualname__', '')}"})
    return Described(text=_words(entry))


def _record(entry: Any) -> Described:
    """The first field of words is the title; a function's docstring is the text; what is short and filled is a fact."""
    values = {one.name: getattr(entry, one.name) for one in fields(entry)}
    named = [name for name in TITLES if values.get(name)]
    title = str(values[named[0]]) if named else ""
    text = "\n\n".join(doc for value in values.values() if _function(value) and (doc := _doc(value)))
    said = {
        name.replace("_", " "): _words(value)
        for name, value in values.items()
        if name not in (*named[:1], *HIDDEN) and not _function(value) and value not in (None, "", (), [], {}, False)
    }
    return Described(title, text, said)


def _settings(kind: type) -> dict[str, str]:
    """Terms of an objective, and the keywords of a constructor with their defaults."""
    found = {"Terms": ", ".join(getattr(kind, "terms", ()))}
    given = [
        f"{name}={one.default!r}"
        for name, one in inspect.signature(kind).parameters.items()
        if one.kind is inspect.Parameter.KEYWORD_ONLY and one.default is not inspect.Parameter.empty
    ]
    return {name: text for name, text in (found | {"Settings": ", ".join(given)}).items() if text}


def _lambda(entry: Callable[..., Any]) -> Described:
    """The expression as it is written, and the comment behind it."""
    line, _, comment = inspect.getsource(entry).strip().partition("  # ")
    text = line[line.find("lambda") :]
    for end in range(len(text), 0, -1):
        try:
            ast.parse(text[:end], mode="eval")
        except SyntaxError:
            continue
        return Described(comment, facts={"Formula": text[:end].partition(":")[2].strip()})
    return Described(comment)


def _function(value: Any) -> bool:
    return callable(value) and not isinstance(value, str)


def _doc(thing: Callable[..., Any] | type) -> str:
    if isinstance(thing, partial):
        return _doc(thing.func)
    own = thing.__doc__ if isinstance(thing, type) else getattr(thing, "__doc__", None)
    return inspect.cleandoc(own) if own else ""


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(
            f"{key} {_words(one)}" if not isinstance(one, Mapping) else f"{key}: {_words(one)}"
            for key, one in value.items()
        )
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_words(one) for one in value)
    return "yes" if value is True else str(value)
