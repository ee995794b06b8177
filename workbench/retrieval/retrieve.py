"""Retrieval by a frozen encoder and its text head: clean and under domain shift, as tidy rows that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import torch

from workbench.data.shifts import shifted
from workbench.encoders import FrozenEncoder, open_encoder
from workbench.encoders.of_run import RunEncoder
from workbench.errors import UnknownName, WorkbenchError
from workbench.files import content_key, whole_file
from workbench.paths import cache_root
from workbench.probe_rows import about_encoder, about_run
from workbench.progress import progress_bar
from workbench.results import read_parquet
from workbench.retrieval.answers import Answers
from workbench.retrieval.metrics import retrieval_metrics
from workbench.retrieval.pool import Pool, retrieval_pool
from workbench.retrieval.prompts import class_answers
from workbench.retrieval.ranks import ranks
from workbench.retrieval.robustness import BothRanks, answers_robustness, robustness_rows
from workbench.retrieval.scores import EmbeddingScores
from workbench.retrieval.settings import COMPOSITION, TEXT, Setting, check_shifts, settings_of
from workbench.retrieval.words import word_answers
from workbench.text.head import TextHead, fit_head, own_head, term_class

Head = Literal["own", "fitted"]
VERSION = 4
CHOSEN_ON = ("val", "test")  # a head is fitted on train
CLEAN_CLIPS = ("", TEXT, COMPOSITION)  # families under which the clips stay as they are


def retrieve(
    encoder: FrozenEncoder | str,
    *,
    benchmark: str | None = None,
    split: str = "test",
    head: Head | None = None,
    term: str = "infonce",
    shifts: Sequence[str] = (),
    severities: Sequence[int] = (1, 3, 5),
    rerank: Sequence[str] = (),
    again: bool = False,
    show: bool = True,
) -> pd.DataFrame:
    """Rows of retrieval in both directions, of words told from exchanged ones, and of zero-shot classes, on 1,000 clips.

    Those are the first of `split` that have captions, with all of them; λ and whatever else is chosen is chosen on "val".
    `encoder` is open, or a name that `open_encoder` takes. `benchmark`: by default what it was trained on. `head`: "own", that
    of a run trained with captions, or "fitted" on the frozen encoder by `term`; by default its own where it has one. `shifts`:
    names, families or "all", at each of `severities`; clean is always there. Columns: those of result rows that say what the
    encoder is, then benchmark, split, head, shift, family, severity, direction, metric, factor, rerank, value, low, high, chance,
    n, pool, note. What is there already is read from the store; an interrupted call goes on where it stopped.
    """
    _check(split, term, shifts, severities)
    opened = open_encoder(encoder)
    own = isinstance(opened, RunEncoder) and opened.config.text is not None
    which: Head = head or ("own" if own else "fitted")
    source = benchmark or opened.config.data.source
    data = opened.config.data
    pools = {False: retrieval_pool(data, source, split, show=show)}
    pool = pools[False]
    composition = data.composition if "held_out" in pool.clips.table else "none"
    if composition != "none":
        pools[True] = retrieval_pool(data, source, split, held_out=True, show=show)
    settings = settings_of(shifts, severities, opened.takes[0], pool.by_factors, composition)
    text_head = _head(opened, which, term, show)
    about = about_run(opened.run, opened.which) if isinstance(opened, RunEncoder) else about_encoder(opened)
    measure = Measure(opened, text_head, rerank)
    found = []
    with progress_bar(f"retrieve {opened.name}", len(settings), 0, show) as report:
        for count, setting in enumerate(settings):
            report(count, str(setting))
            chosen = pools[setting.family == COMPOSITION]
            path = _path(opened, text_head, chosen, setting, rerank)
            rows = pd.DataFrame() if again else read_parquet(path)
            if rows.empty:
                rows = pd.DataFrame(list(measure.rows(chosen, setting)))
                with whole_file(path) as temporary:
                    rows.to_parquet(temporary, index=False)
            found.append(rows.assign(shift=setting.shift, family=setting.family, severity=setting.severity))
        report(len(settings), "done")
    rows = pd.concat(found, ignore_index=True)
    said = {"benchmark": source, "split": split, "head": text_head.words, "note": pool.note, "data_key": pool.clips.key}
    return rows.assign(**about, **said)[[*about, *said, *(name for name in rows)]]


def _check(split: str, term: str, shifts: Sequence[str], severities: Sequence[int]) -> None:
    """Raise at once for what would else be said after clips are rendered."""
    if split not in CHOSEN_ON:
        raise UnknownName("split to retrieve from", split, CHOSEN_ON)
    term_class(term)
    check_shifts(shifts, severities)


class Measure:
    """Rows of one encoder and head under any setting; what clean clips gave is kept for the settings after."""

    def __init__(self, encoder: FrozenEncoder, head: TextHead, rerank: Sequence[str]) -> None:
        self.encoder, self.head, self.rerank = encoder, head, rerank
        self._clips: dict[str, np.ndarray] = {}  # of clean clips, by pool
        self._ranks: dict[str, BothRanks] = {}
        self._answers: dict[str, list[Answers]] = {}
        self._texts: dict[tuple[str, ...], np.ndarray] = {}  # of captions as they are

    def clips(self, pool: Pool, setting: Setting) -> np.ndarray:
        """Clips of the pool under `setting` in the common space (n, d); streamed, no token is kept."""
        if setting.family in CLEAN_CLIPS and pool.clips.key in self._clips:
            return self._clips[pool.clips.key]
        encoder, size = self.encoder, self.encoder.batch
        if setting.family in CLEAN_CLIPS:
            starts = range(0, len(pool.clips), size)
            batches: Iterator[torch.Tensor] = (
                torch.from_numpy(np.array(pool.clips.clips[start : start + size])) for start in starts
            )
        else:
            batches = shifted(pool.clips, setting.shift, setting.severity, batch=size)
        found = np.concatenate([self.head.project(encoder.tokens(batch)) for batch in batches])
        if setting.family in CLEAN_CLIPS:
            self._clips[pool.clips.key] = found
        return found

    def scores(self, pool: Pool, setting: Setting) -> EmbeddingScores:
        """Cosines of all captions and clips of the pool under `setting`."""
        texts = self.texts(setting.texts(pool.captions["caption"].tolist()), setting)
        return EmbeddingScores(texts, self.clips(pool, setting))

    def texts(self, captions: Sequence[str], setting: Setting) -> np.ndarray:
        """Captions in the common space; those that no shift of texts has changed are kept for the next setting."""
        if setting.family == TEXT:
            return self.head.texts(captions)
        asked = tuple(captions)
        if asked not in self._texts:
            self._texts[asked] = self.head.texts(captions)
        return self._texts[asked]

    def rows(self, pool: Pool, setting: Setting) -> Iterator[dict[str, Any]]:
        """Metrics, robustness under a shift, words, and zero-shot classes unless it is the captions that are shifted."""
        scores = self.scores(pool, setting)
        for row in retrieval_metrics(scores, pool.truth, self.rerank).to_dict("records"):
            yield {"factor": "", **{str(name): value for name, value in row.items()}}
        if setting.family not in ("", COMPOSITION):
            if pool.clips.key not in self._ranks:
                self._ranks[pool.clips.key] = ranks(self.scores(pool, Setting()), pool.truth)
            yield from robustness_rows(self._ranks[pool.clips.key], ranks(scores, pool.truth), pool.truth)
        answers = self.answers(pool, setting)
        yield from (one.row() for one in answers)
        if setting.family not in ("", COMPOSITION):
            asked = {(one.metric, one.factor) for one in answers}
            clean = [one for one in self.answers(pool, Setting()) if (one.metric, one.factor) in asked]
            yield from answers_robustness(clean, answers, pool.truth.videos)

    def answers(self, pool: Pool, setting: Setting) -> list[Answers]:
        """Words, and classes unless it is the captions that are shifted; those of clean clips are kept."""
        if setting == Setting() and pool.clips.key in self._answers:
            return self._answers[pool.clips.key]
        clips, embed = self.clips(pool, setting), partial(self.texts, setting=setting)
        found = list(word_answers(pool, clips, embed, setting.texts))
        if setting.family != TEXT:
            found += class_answers(pool, clips, embed, self.encoder.config.data.sprites)
        if setting == Setting():
            self._answers[pool.clips.key] = found
        return found


def _head(encoder: FrozenEncoder, which: Head, term: str, show: bool) -> TextHead:
    if which == "own":
        if not isinstance(encoder, RunEncoder):
            raise WorkbenchError(
                f"The encoder '{encoder.name}' has no text head of its own; one can be fitted: --head fitted."
            )
        return own_head(encoder.run)
    return fit_head(encoder, term, show)


def _path(encoder: FrozenEncoder, head: TextHead, pool: Pool, setting: Setting, rerank: Sequence[str]) -> Path:
    features, word = encoder.store()
    root = features.parent if isinstance(encoder, RunEncoder) else cache_root()
    key = content_key(VERSION, encoder.key, head.key, pool.clips.key, list(rerank), str(setting))
    return root / "retrieval" / f"{pool.clips.name}-{word}-{str(setting).replace(' ', '-')}-{key}.parquet"
