"""Computed text as an output of a notebook cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Prose:
    """A piece of Markdown with a name by which the page and the command line find it. Empty text shows nothing."""

    name: str
    text: str

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        return {"text/markdown": self.text, "text/plain": self.text}, {
            "workbench": {"kind": "prose", "name": self.name}
        }
