"""Values as people write them after `=`: YAML 1.2's numbers and booleans, so that `1e-3` is a number and `on` is a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """PyYAML reads YAML 1.1, where `1e-3` is text, `on` and `no` are booleans and `1:30` is 90."""


_Loader.yaml_implicit_resolvers = {}
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map")}
_Loader.yaml_constructors = {  # what JSON has; any other tag is an error
    tag: made for tag, made in yaml.SafeLoader.yaml_constructors.items() if tag is None or tag in _PLAIN
}

_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~)$"), list("n~"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$|^[-+]?[0-9]+[eE][-+]?[0-9]+$|^[-+]?\.inf$|^\.nan$"
    ),
    list("-+0123456789."),
)


def read_value(text: str) -> Any:
    """The value that `text` writes: a number, true or false, null, a word, [a list] or {a: mapping}.

    Raises `yaml.YAMLError` as `read_with_lines` does.
    """
    return read_with_lines(text)[0]


@contextmanager
def _as_yaml_errors() -> Iterator[None]:
    """What PyYAML says of `!!int x`, of a number of thousands of digits and of deep nesting in errors of other kinds."""
    try:
        yield
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None
    except (ValueError, KeyError, AttributeError, IndexError) as error:
        raise yaml.YAMLError(f"a value does not fit its type ({error})") from None


Place = tuple[str | int, ...]  # keys and positions from the top of a document to one of its values


def read_with_lines(text: str) -> tuple[Any, dict[Place, int]]:
    """The document that `text` writes, and the line (from 1) of every value in it, by the keys and positions that lead there.

    Raises `yaml.YAMLError` where it is not YAML, names a key twice, or refers to itself; most have a mark of the place.
    """
    with _as_yaml_errors():
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None, {(): 1}
            lines = dict(_lines(node, (), ()))
            return loader.construct_document(node), lines
        finally:
            loader.dispose()


def _lines(node: yaml.Node, place: Place, above: tuple[yaml.Node, ...]) -> Iterator[tuple[Place, int]]:
    if any(node is one for one in above):
        raise yaml.MarkedYAMLError(problem="a value that refers to itself", problem_mark=node.start_mark)
    if not place:
        yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"the key '{name}' is given twice", problem_mark=key.start_mark)
            seen.add(name)
            yield (*place, name), key.start_mark.line + 1
            yield from _lines(value, (*place, name), (*above, node))
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            yield (*place, i), value.start_mark.line + 1
            yield from _lines(value, (*place, i), (*above, node))
