"""The retriever without its widgets: what a sentence is true of, which clips each model puts first, and which words it hears."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from workbench.data.captions import SILENT, clip_facts, describes
from workbench.data.grammar import GRAMMARS, facts, readings
from workbench.data.kinds import KINDS
from workbench.data.negatives import hard_negatives
from workbench.data.phrases import FACTORS
from workbench.data.shifts import apply_shift
from workbench.encoders import FrozenEncoder
from workbench.errors import WorkbenchError
from workbench.retrieval.pool import Pool
from workbench.retrieval.ranks import Ranks, caption_ranks
from workbench.retrieval.retrieve import CLEAN_CLIPS, Measure
from workbench.retrieval.scores import EmbeddingScores
from workbench.retrieval.settings import Setting, settings_of
from workbench.retrieval.truth import Truth
from workbench.text.head import TextHead

BEST = 5  # clips shown of each model
MENU = 100  # captions to choose from
KEPT = 8  # shifts whose embeddings a model keeps; half a megabyte each at 1,000 clips
CLEAN = Setting()


@dataclass(frozen=True)
class Sentence:
    """What is asked for. `caption`: the caption of the pool that it is, if any, and `row` the clip of that. `stated`: the word of each factor.

    `true` bool (clips,): which clips it is true of; None where that is not known. `has` bool (clips, stated): which have each factor.
    """

    text: str
    caption: str | None
    row: int | None
    stated: dict[str, str]
    true: np.ndarray | None
    has: np.ndarray


@dataclass(frozen=True)
class Hit:
    """One of the best clips: its place, `first` to `last` where scores are equal, and the first of its places without the shift."""

    row: int
    clip: int
    first: int
    last: int
    clean: int
    score: float
    caption: str
    true: bool | None
    has: dict[str, bool]


@dataclass(frozen=True)
class Found:
    """What one model finds. `rank`: expected rank of the best true clip, `clean` without the shift, `chance` where all scores are equal.

    They are None where no clip is known to be true. `asked`: the sentence as the shift has it. `limit`: tokens that the tower reads,
    where the sentence is longer, so that its end is cut off.
    """

    model: str
    head: str
    asked: str
    hits: list[Hit]
    rank: float | None
    clean: float | None
    chance: float | None
    limit: int | None


@dataclass(frozen=True)
class Pair:
    """A caption with one factor word exchanged. `cosines` of the true and of the wrong caption with the clip, one pair a model."""

    kind: str
    was: str
    becomes: str
    caption: str
    cosines: list[tuple[float, float]]

    def nearer(self, model: int) -> str:
        """Which caption a model finds nearer to the clip: "true", "exchanged", or "neither"."""
        true, wrong = self.cosines[model]
        return "true" if true > wrong else "exchanged" if true < wrong else "neither"


class Model:
    """An encoder with its text head. Embeddings of the pool's clips stay for the clean setting and the `KEPT` shifts used last."""

    def __init__(self, encoder: FrozenEncoder, head: TextHead) -> None:
        self.name, self.head = encoder.name, head
        self._measure = Measure(encoder, head, ())
        self.kept: OrderedDict[Setting, np.ndarray] = OrderedDict()

    def clips(self, pool: Pool, setting: Setting) -> np.ndarray:
        """Clips of the pool under `setting` in the common space: float32 (n, d)."""
        if setting.family in CLEAN_CLIPS:
            setting = CLEAN
        if setting not in self.kept:
            self.kept[setting] = self._measure.clips(pool, setting)
        self.kept.move_to_end(setting)
        while len(self.kept) > KEPT + (CLEAN in self.kept):
            del self.kept[next(one for one in self.kept if one != CLEAN)]
        return self.kept[setting]


class Search:
    """A pool and the models that search it; `sprites` is the kind of its sprites (data.sprites)."""

    def __init__(self, pool: Pool, models: Sequence[Model], sprites: str = "digits") -> None:
        self.pool, self.models, self.sprites = pool, list(models), sprites
        texts = pool.captions["caption"].tolist()
        self._row = dict(zip(reversed(texts), reversed(pool.captions["row"].tolist()), strict=True))
        self._first = pool.first["caption"].tolist()

    @property
    def captions(self) -> list[str]:
        """Captions to choose from: one each of clips that are spread over the pool, of all lengths."""
        rows = np.unique(np.linspace(0, len(self.pool.clips) - 1, MENU).astype(int))
        of_clip = self.pool.captions.groupby("row")["caption"].agg(list)
        return list(dict.fromkeys(of_clip[row][place % len(of_clip[row])] for place, row in enumerate(rows)))

    @property
    def shifts(self) -> list[str]:
        """Names of the shifts that clips and captions of the pool can have."""
        frames = int(self.pool.clips.clips.shape[1])
        return [one.shift for one in settings_of(["all"], [1], frames, self.pool.by_factors) if one.shift]

    def sentence(self, text: str) -> Sentence:
        """What is known of a sentence; an empty one raises. Of one that is not of the grammar nor a caption of the pool: nothing."""
        text = text.strip()
        if not text:
            raise WorkbenchError("There is nothing to search for: type a sentence, or choose a caption.")
        plain = " ".join(text.lower().split()).rstrip(".")  # as the captions are written
        caption = next((words for words in (text, plain) if words in self._row), None)
        row = None if caption is None else self._row[caption]
        none = np.zeros((len(self.pool.clips), 0), bool)
        if not self.pool.by_factors:
            own = self.pool.captions.loc[self.pool.captions["caption"] == caption, "row"]
            true = None if caption is None else np.isin(np.arange(len(none)), own)
            return Sentence(text, caption, row, {}, true, none)
        derivation = next(chain(readings(plain), readings(f"there is {plain}")), None)  # "a red seven" will do
        if derivation is None:
            return Sentence(text, caption, row, {}, None, none)
        said = facts(derivation)
        stated = {name: derivation[name] for name in said}
        true = describes(pd.DataFrame([{name: said.get(name, SILENT) for name in FACTORS}]), self.pool.clips.table)[0]
        has = clip_facts(self.pool.clips.table)[list(said)].to_numpy() == list(said.values())
        if "sprite" in said and not self._shows(stated["sprite"]):  # digits and shapes have the same numbers
            has[:, list(said).index("sprite")] = False
            true = np.zeros_like(true)
        return Sentence(text, caption, row, stated, true, has)

    def find(self, sentence: Sentence, setting: Setting = CLEAN) -> list[Found]:
        """What each model finds for a sentence under a setting."""
        (asked,) = setting.texts([sentence.text])
        return [self._found(model, sentence, asked, setting) for model in self.models]

    def pairs(self, sentence: Sentence, setting: Setting = CLEAN) -> list[Pair]:
        """The caption of a clip with one word exchanged, for every kind of exchange; none where it is no caption of the pool.

        The wrong captions are those that `workbench retrieve` counts. A text shift changes true and wrong ones alike.
        """
        text, row = sentence.caption, sentence.row
        if text is None or row is None or not self.pool.by_factors:
            return []
        asked = pd.DataFrame([{"clip": row, "caption_id": 0, "caption": text}])
        wrong = pd.concat([hard_negatives(asked, kinds=(kind,)) for kind in KINDS], ignore_index=True)
        texts = setting.texts([text, *wrong["caption"]])
        near = []
        for model in self.models:
            clip = model.clips(self.pool, setting)[row : row + 1]
            near.append(next(EmbeddingScores(model.head.texts(texts), clip).blocks())[1][:, 0].tolist())
        return [
            Pair(kind, was, becomes, caption, [(of[0], of[place]) for of in near])
            for place, (kind, was, becomes, caption) in enumerate(
                wrong[["factor", "was", "becomes", "caption"]].to_numpy().tolist(), start=1
            )
        ]

    def pixels(self, row: int, setting: Setting = CLEAN) -> np.ndarray:
        """A clip as the setting has it: uint8 (T, H, W, 3)."""
        clip = np.array(self.pool.clips.clips[row : row + 1])
        if setting.family in CLEAN_CLIPS:
            return clip[0]
        ids = self.pool.clips.table["clip"].to_numpy(np.int64)[row : row + 1]
        return np.asarray(apply_shift(clip, setting.shift, setting.severity, ids=ids)[0].numpy())

    def _found(self, model: Model, sentence: Sentence, asked: str, setting: Setting) -> Found:
        scores = EmbeddingScores(model.head.texts([asked]), model.clips(self.pool, setting))
        plain = scores
        if setting != CLEAN:
            plain = EmbeddingScores(model.head.texts([sentence.text]), model.clips(self.pool, CLEAN))
        shown, before = (next(one.blocks())[1][0].copy() for one in (scores, plain))
        rank = clean = chance = None
        if sentence.true is not None and sentence.true.any():
            columns = np.flatnonzero(sentence.true)
            truth = Truth.from_pairs(np.zeros_like(columns), columns, scores.shape)
            rank, clean = (float(caption_ranks(one, truth).expected()[0]) for one in (scores, plain))
            chance = float(Ranks.of_chance(np.array([len(columns)]), len(shown)).expected()[0])
        hits = [self._hit(int(row), sentence, shown, before) for row in np.argsort(-shown, kind="stable")[:BEST]]
        tower = model.head.tower
        limit = tower.limit if tower.tokenise([asked]).cut else None
        return Found(model.name, model.head.words, asked, hits, rank, clean, chance, limit)

    def _hit(self, row: int, sentence: Sentence, scores: np.ndarray, before: np.ndarray) -> Hit:
        # Of two directions one word does not say which comes first.
        words = (f"{word} ({name})" * (name in ("first", "second")) or word for name, word in sentence.stated.items())
        above, at_least = int((scores > scores[row]).sum()), int((scores >= scores[row]).sum())
        return Hit(
            row=row,
            clip=int(self.pool.clips.table["clip"].iloc[row]),
            first=above + 1,
            last=at_least,
            clean=int((before > before[row]).sum()) + 1,
            score=float(scores[row]),
            caption=self._first[row],
            true=None if sentence.true is None else bool(sentence.true[row]),
            has=dict(zip(words, sentence.has[row].tolist(), strict=True)),
        )

    def _shows(self, sprite: str) -> bool:
        return any(sprite in chain(*grammar.words[self.sprites]) for grammar in GRAMMARS)
