"""The parts of the page that ipywidgets have no widget for: status line, legend, clips, table of a selection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

STATIC = Path(__file__).parent / "static"


class View(anywidget.AnyWidget):
    """Draws `content` as its `kind` says, and reports what a person does as messages {event, …}.

    Text enters the page as text, never as markup: a caption cannot change it. static/views.js names the fields.
    """

    _esm = STATIC / "views.js"
    _css = STATIC / "explorer.css"
    kind = traitlets.Unicode().tag(sync=True)
    content = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, **content: Any) -> None:
        super().__init__(kind=kind, content=content)

    def show(self, **content: Any) -> None:
        """Replace what is shown."""
        self.content = content

    def on(self, **handlers: Callable[..., None]) -> None:
        """Call handlers[event](**rest) for every message {event, **rest}."""

        def receive(_: Any, message: dict[str, Any], __: Any) -> None:
            details = dict(message)
            if handler := handlers.get(details.pop("event", "")):
                handler(**details)

        self.on_msg(receive)
