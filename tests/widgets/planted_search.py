"""A pool without pixels of any interest, and a model that knows one thing: the colour, which is the brightness of the clip."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.captions import make_captions
from workbench.data.clips import ClipSet
from workbench.data.phrases import NORMAL
from workbench.retrieval.pool import Pool
from workbench.widgets.retrieve import Retriever
from workbench.widgets.search import Model, Search

COLOURS = len(NORMAL.words["colour"])
LIMIT = 12  # words


def planted_pool(n: int = 40, per_clip: int = 3) -> Pool:
    """The first clips of motion48 by their factors, clip numbers from 500; a clip is one grey, by its colour."""
    table = BENCHMARKS["motion48"].table(DataSettings(test_clips=96), "test").head(n)
    table = table.assign(clip=500 + np.arange(n), path="", label=0).reset_index(drop=True)
    captions = make_captions(table, per_clip=per_clip)
    clips = np.empty((n, 8, 16, 16, 3), np.uint8)
    clips[:] = (10 + 30 * table["colour"].to_numpy())[:, None, None, None, None]
    return pool_of(clips, table, captions.assign(row=captions["clip"] - 500))


def own_pool(captions: list[str]) -> Pool:
    """One clip a caption, as of an imported set: captions state no factors."""
    table = pd.DataFrame({"clip": np.arange(len(captions)), "path": "", "label": 0})
    clips = np.zeros((len(captions), 8, 16, 16, 3), np.uint8)
    return pool_of(clips, table, pd.DataFrame({"clip": table["clip"], "caption": captions, "row": table["clip"]}))


def pool_of(clips: np.ndarray, table: pd.DataFrame, captions: pd.DataFrame) -> Pool:
    """A pool of clips and captions as they are."""
    return Pool(ClipSet("planted", "test", clips, table, {}, {}, f"planted-{len(table)}", pd.DataFrame()), captions)


class Ears:
    """Encoder and head at once. A clip is the direction of its colour; so is a text that names one, any other lies between all.

    `deaf`: every text lies between all. `runs` counts the clips that went through the encoder.
    """

    def __init__(self, name: str, deaf: bool = False) -> None:
        self.name, self.deaf, self.batch, self.runs = name, deaf, 16, 0
        self.words = "planted"
        self.tower = SimpleNamespace(
            limit=LIMIT, tokenise=lambda texts: SimpleNamespace(cut=sum(len(text.split()) > LIMIT for text in texts))
        )

    def tokens(self, clips):
        self.runs += len(clips)
        return clips.float().mean(dim=(1, 2, 3, 4))

    def project(self, tokens):
        colour = ((tokens.numpy() - 10) / 30).round().astype(int).clip(0, COLOURS - 1)
        return np.eye(COLOURS, dtype=np.float32)[colour]

    def texts(self, texts):
        found = np.ones((len(texts), COLOURS), np.float32)
        for row, text in enumerate(texts):
            said = [i for i, words in enumerate(NORMAL.words["colour"]) if set(words) & set(text.split())]
            if said and not self.deaf:
                found[row] = np.eye(COLOURS)[said[0]]
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def planted_search(pool: Pool | None = None, sprites: str = "digits") -> Search:
    """The model that hears colours, and one that is deaf."""
    models = [Model(ears, ears) for ears in (Ears("hears"), Ears("deaf", deaf=True))]  # type: ignore[arg-type]
    return Search(pool or planted_pool(), models, sprites)


def planted_retriever(pool: Pool | None = None) -> Retriever:
    """A retriever that is not open yet."""
    return Retriever(lambda note: planted_search(pool))
