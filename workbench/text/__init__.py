"""Text towers: captions to embeddings. `open_tower` opens any of them, `caption_embeddings` runs one once, `CaptionTruth` says what is true.

tower = open_tower("compact", captions["caption"], seed=0)
tokens = tower.tokenise(batch)
embedding = tower(tokens.ids, tokens.mask)  # (n, tower.width)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from workbench.errors import UnknownName, WorkbenchError
from workbench.registry import Registry

if TYPE_CHECKING:
    from workbench.text.tower import TextTower

FORMS = "Forms of a text tower: compact, minilm, hf:NAME_OR_FOLDER."

TOWERS: Registry[Callable[[Iterable[str] | None, int], TextTower]] = Registry("text tower")


@TOWERS.register("compact")
def _compact(captions: Iterable[str] | None, seed: int) -> TextTower:
    from workbench.text.compact import compact_tower

    if captions is None:
        raise WorkbenchError(
            "The text tower 'compact' learns its tokenizer from captions: give those of the training split."
        )
    return compact_tower(captions, seed)


@TOWERS.register("minilm")
def _minilm(captions: Iterable[str] | None, seed: int) -> TextTower:
    from workbench.text.hub import minilm_tower

    return minilm_tower()


def check_tower(name: str) -> None:
    """Raise, with the forms, where no tower has this name. Opens none."""
    if not name.startswith("hf:"):
        try:
            TOWERS[name]
        except UnknownName as error:
            raise WorkbenchError(f"{error} {FORMS}") from None


def open_tower(name: str, captions: Iterable[str] | None = None, seed: int = 0) -> TextTower:
    """The text tower that `name` names: an entry of `TOWERS`, or "hf:NAME_OR_FOLDER". Nothing is downloaded.

    `captions` are those of the training split: `compact` learns its tokenizer from them and draws its weights by `seed`; the
    others come with both. All its weights want a gradient until `freeze`. Anything unknown raises, with the forms.
    """
    kind, colon, source = name.partition(":")
    if colon and kind == "hf":
        from workbench.text.hub import hub_tower

        return hub_tower(source)
    check_tower(name)
    return TOWERS[name](captions, seed)
