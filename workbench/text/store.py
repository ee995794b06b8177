"""Embeddings of captions by a tower that does not train: made once, kept on disk, shared by equal captions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock

from workbench.disk import writing
from workbench.errors import WorkbenchError
from workbench.files import content_key, whole_file
from workbench.paths import cache_root
from workbench.progress import progress_bar
from workbench.text.tower import TextTower, check_texts

VERSION = 1
KEPT_FROM = 64  # distinct captions: fewer run faster than their file is read, and a typed sentence leaves none
PART = 4096  # captions a file: what a stopped call loses at most
BATCH = 256  # captions tokenised at a time
TOKENS = 8192  # padding included, that go through a tower at a time


def caption_embeddings(tower: TextTower, captions: Sequence[str], show: bool = False) -> np.ndarray:
    """Embeddings float32 (n, tower.width) of captions, in their order, without gradient and dropout.

    The tower runs once for each distinct caption, short ones first; what it gives of many lies under cache/text, by the key of the
    tower and the captions, in whatever order they come. A stopped call is gone on with; a second process waits for the first. Memory
    beyond the result does not grow with the number of captions, but for the texts. Raises where a caption is empty, an embedding is
    not finite, or the disk is full.
    """
    check_texts(captions)  # here, where the position is that of the whole list
    distinct = sorted(set(captions), key=lambda text: (len(text), text))
    place = {text: number for number, text in enumerate(distinct)}
    places = np.fromiter((place[text] for text in captions), np.int64, len(captions))
    if len(distinct) < KEPT_FROM:
        return _checked(tower, distinct)[places] if distinct else np.empty((0, tower.width), np.float32)
    word = re.sub(r"[^\w.-]+", "-", tower.name).strip("-.")[-60:]
    root = cache_root() / "text"
    folder = root / f"{word}-{content_key(VERSION, tower.key, distinct)}"
    result = np.empty((len(captions), tower.width), np.float32)
    with writing(root):
        root.mkdir(parents=True, exist_ok=True)
        with (
            FileLock(root / f".{folder.name}.lock"),
            progress_bar(f"captions {tower.name}", len(distinct), show=show) as report,
        ):
            for start in range(0, len(distinct), PART):
                texts = distinct[start : start + PART]
                rows = _part(folder / f"{start // PART:05d}.npy", tower, texts)
                here = np.flatnonzero((places >= start) & (places < start + PART))
                result[here] = rows[places[here] - start]
                report(start + len(texts))
    return result


def _part(path: Path, tower: TextTower, texts: list[str]) -> np.ndarray:
    """Embeddings of one file's captions, from the file where it is there."""
    if path.exists():
        try:
            rows = np.load(path)
        except (OSError, ValueError) as error:
            raise WorkbenchError(f"{path} cannot be read ({error}); delete it and repeat the command.") from None
        if rows.shape != (len(texts), tower.width):
            raise WorkbenchError(f"{path} does not fit its captions; delete it and repeat the command.")
        return rows
    rows = _checked(tower, texts)
    with whole_file(path) as temporary:
        np.save(temporary, rows)
    return rows


def _checked(tower: TextTower, texts: list[str]) -> np.ndarray:
    """Embeddings of distinct captions by the tower; raises where one is not finite."""
    rows = _run(tower, texts)
    if not (finite := np.isfinite(rows).all(1)).all():
        raise WorkbenchError(
            f"The text tower '{tower.name}' gives values that are not finite for {(~finite).sum()} captions, the first of them "
            f"{texts[int((~finite).argmax())]!r}. Its weights are broken, or its training diverged."
        )
    return rows


@torch.no_grad()
def _run(tower: TextTower, texts: list[str]) -> np.ndarray:
    device, training = next(tower.parameters()).device, tower.training
    tower.eval()
    try:
        found = []
        for start in range(0, len(texts), BATCH):
            tokens = tower.tokenise(texts[start : start + BATCH])
            some = max(1, TOKENS // tokens.ids.shape[1])
            for ids, mask in zip(tokens.ids.split(some), tokens.mask.split(some), strict=True):
                found.append(tower(ids.to(device), mask.to(device)).cpu())
        return torch.cat(found).numpy()
    finally:
        tower.train(training)
