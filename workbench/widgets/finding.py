"""Finding points by a sentence or by a video of one's own: those nearest to it, with their moving clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import ipywidgets as widgets
import numpy as np

from workbench.errors import WorkbenchError
from workbench.widgets.content import CARD_FACTS, clip_item
from workbench.widgets.player import ClipCache
from workbench.widgets.source import Behind, Source
from workbench.widgets.view import View

if TYPE_CHECKING:
    from workbench.text.head import TextHead

FOUND = 8
MOST_BYTES = 200 * 2**20


class Finding:
    """A field for a sentence, a button for a video, and what lies nearest. `look(id)` is called for a clip that is chosen."""

    def __init__(
        self, look: Callable[[int], None], source: Callable[[], Source], say: Callable[..., None], cache: ClipCache
    ) -> None:
        self._source, self._say, self._cache = source, say, cache
        self._head: tuple[str, TextHead] | None = None
        self.found: list[int] = []
        self.text = widgets.Text(
            description="Sentence",
            placeholder="a red seven moves up",
            continuous_update=False,
            layout=widgets.Layout(width="460px"),
        )
        self.upload = widgets.FileUpload(
            accept="video/*,image/*",
            multiple=False,
            description="A video of yours",
            tooltip="Find the clips nearest to a video",
            layout=widgets.Layout(width="auto"),
        )
        self.hits = View("hits", empty="Type a sentence and press Enter, or give a video.")
        self.hits.on(look=look)
        self.text.observe(lambda change: self._sentence(change["new"]), "value")
        self.upload.observe(lambda _: self._uploaded(), "value")
        bar = widgets.HBox([self.text, self.upload], layout=widgets.Layout(flex_flow="row wrap"))
        self.widget = widgets.VBox([bar, self.hits], layout=widgets.Layout(min_height="230px"))

    def by_sentence(self, text: str) -> list[int]:
        """Numbers of the clips nearest to a sentence, nearest first, by the run's text head.

        Raises where the encoder has none: neither its own nor one that was fitted.
        """
        source, behind = self._backed()
        if not text.strip():
            raise WorkbenchError("There is nothing to search for: type a sentence.")
        head = self._text_head(behind)
        from workbench.features import features_of

        clips = head.clips(features_of(behind.encoder, behind.clips))
        self._show(source, (clips @ head.texts([text])[0]), f"Nearest to “{text}” by the text head ({head.words})")
        return self.found

    def by_video(self, name: str, data: bytes) -> list[int]:
        """Numbers of the clips nearest to a video's bytes, nearest first, in the standardised pooled features."""
        from workbench.exploring.similar import similarities

        source, behind = self._backed()
        if len(data) > MOST_BYTES:
            raise WorkbenchError(
                f"{name} has {len(data) / 2**20:.0f} MiB; give a video of at most {MOST_BYTES / 2**20:.0f}."
            )
        self._show(source, similarities(behind.encoder, behind.clips, name, data), f"Nearest to {name} by cosine")
        return self.found

    def clear(self) -> None:
        """Nothing found."""
        self.found = []
        self.hits.show(empty="Type a sentence and press Enter, or give a video.")

    def _backed(self) -> tuple[Source, Behind]:
        source = self._source()
        if source.behind is None:
            raise WorkbenchError(f"{source.run} is not a run on this disk: there is no encoder to ask.")
        return source, source.behind

    def _text_head(self, behind: Behind) -> TextHead:
        if self._head is None or self._head[0] != behind.encoder.key:
            from workbench.text.head import kept_head

            head = kept_head(behind.encoder)
            if head is None:
                raise WorkbenchError(
                    f"{behind.encoder.name} has no text head. `workbench retrieve {behind.encoder.name} --head fitted` fits one on the "
                    "frozen encoder, in a minute or two; then sentences work here."
                )
            self._head = behind.encoder.key, head
        return self._head[1]

    def _show(self, source: Source, scores: np.ndarray, title: str) -> None:
        """Show the first points of the best clips; of several points of a clip the first stands for it."""
        order = np.argsort(-scores, kind="stable")[:FOUND]
        rows = self._points(source, order)
        self.found = [int(source.ids[row]) for row in rows]
        items = [
            {
                **clip_item(source, row, self._cache),
                "similarity": f"{scores[clip]:.3f}",
                "facts": [{"name": c, "value": source.word(c, row), "same": False} for c in source.parts[:CARD_FACTS]],
            }
            for row, clip in zip(rows, order, strict=True)
        ]
        self.hits.show(title=title, items=items)
        self._say(f"{title}: {len(items)} clips.")

    @staticmethod
    def _points(source: Source, clips: Sequence[int] | np.ndarray) -> list[int]:
        if source.clip_rows is None:
            return [int(clip) for clip in clips]
        first = {int(clip): row for row, clip in reversed(list(enumerate(source.clip_rows)))}
        return [first[int(clip)] for clip in clips if int(clip) in first]

    def _sentence(self, text: str) -> None:
        if text.strip():
            self._try(lambda: self.by_sentence(text))

    def _uploaded(self) -> None:
        for file in self.upload.value:
            self._try(lambda file=file: self.by_video(file["name"], bytes(file["content"])))  # type: ignore[misc]

    def _try(self, work: Callable[[], object]) -> None:
        try:
            self._say("Looking for the nearest clips.", "busy")
            work()
        except WorkbenchError as error:
            self._say(str(error), "problem")
