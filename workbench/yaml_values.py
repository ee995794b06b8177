"""Values as people write them after `=`: YAML 1.2's numbers and booleans, so that `1e-3` is a number and `on` is a word."""

from __future__ import annotations

import re
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """PyYAML reads YAML 1.1, where `1e-3` is text, `on` and `no` are booleans and `1:30` is 90."""


_Loader.yaml_implicit_resolvers = {}

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

    Raises `yaml.YAMLError` where it is not YAML.
    """
    return yaml.load(text, Loader=_Loader)
