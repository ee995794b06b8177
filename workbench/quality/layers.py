"""CKA between the layers of two encoders, and between the steps of a run that kept snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError
from workbench.quality.cka import LEAST, StreamedCKA, grid_table

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders import FrozenEncoder
    from workbench.runs import Run


def layer_cka(encoder_a: FrozenEncoder, encoder_b: FrozenEncoder, clips: ClipSet, batch: int = 256) -> pd.DataFrame:
    """Debiased CKA of every layer of one encoder with every layer of another on the same clips: a, b, value, n, note.

    `a` and `b` number the layers from 1, in the order of `layer_tokens`. A layer is the mean of its tokens a clip; HSIC₁ is
    averaged over batches of `batch` clips or more before the ratio, so nothing is kept but one number a pair.
    """
    for encoder in (encoder_a, encoder_b):
        encoder.check(clips)
    streamed, widths = StreamedCKA(), 0
    for rows in _batches(len(clips.table), batch):
        block = clips.clips[rows]
        layers_a = _layers(encoder_a, block)
        layers_b = layers_a if encoder_b is encoder_a else _layers(encoder_b, block)
        widths = max(layer.shape[1] for layer in (*layers_a, *layers_b))
        streamed.add(layers_a, layers_b)
    names_a, names_b = ([str(layer + 1) for layer in range(encoder.depth)] for encoder in (encoder_a, encoder_b))
    return grid_table(streamed.grid(), names_a, names_b, streamed.n, widths)


def encoder_cka(encoders: Sequence[FrozenEncoder], clips: ClipSet, batch: int = 256) -> pd.DataFrame:
    """Debiased CKA of the outputs of every pair of encoders on the same clips: a, b (their names), value, n, note."""
    for encoder in encoders:
        encoder.check(clips)
    streamed = StreamedCKA()
    for rows in _batches(len(clips.table), batch):
        outputs = [_pooled(encoder, clips.clips[rows]) for encoder in encoders]
        streamed.add(outputs, outputs)
    names = [encoder.name for encoder in encoders]
    return grid_table(streamed.grid(), names, names, streamed.n, max(encoder.width for encoder in encoders))


def step_cka(run: Run, clips: ClipSet, which: str | None = None, batch: int = 256) -> pd.DataFrame:
    """Debiased CKA between the training steps whose weights the run kept (`runtime.snapshots`): a, b, value, n, note.

    `a` and `b` are steps in words, in order, the finished weights last. Raises where the run kept none.
    """
    from workbench.encoders.of_run import OwnEncoder, RunEncoder, weights_key
    from workbench.training.snapshots import snapshot_encoder, snapshot_steps

    steps = snapshot_steps(run)
    if not steps:
        raise WorkbenchError(
            f"The run '{run.name}' kept no weights but its last. Train one with --set 'runtime.snapshots=[0, 100, 1000]'."
        )
    encoders: list[FrozenEncoder] = []
    for step in steps:
        module = snapshot_encoder(run, step, which)
        encoders.append(OwnEncoder(module, run.config, f"step {step}", weights_key(module)))
    if run.finished and run.info["step"] not in steps:
        last = RunEncoder(run, which)
        last.name = f"step {run.info['step']}"
        encoders.append(last)
    return encoder_cka(encoders, clips, batch)


def _batches(n: int, batch: int) -> list[np.ndarray]:
    """Rows of `n` clips in pieces of `batch` or more, by chance: clips often lie sorted by class."""
    if batch < LEAST:
        raise WorkbenchError(f"A batch of {batch} clips is too small for CKA; give at least {LEAST}.")
    order = np.random.default_rng(0).permutation(n)
    return [np.sort(rows) for rows in np.array_split(order, max(1, n // batch))]


def _layers(encoder: FrozenEncoder, block: np.ndarray) -> list[np.ndarray]:
    """Means of the tokens of each layer, a few clips at a time: each (clips, width of the layer)."""
    import torch

    parts = [
        [
            layer.mean(1).numpy()
            for layer in encoder.layer_tokens(torch.from_numpy(block[start : start + encoder.batch]))
        ]
        for start in range(0, len(block), encoder.batch)
    ]
    return [np.concatenate(layer) for layer in zip(*parts, strict=True)]


def _pooled(encoder: FrozenEncoder, block: np.ndarray) -> np.ndarray:
    import torch

    return np.concatenate(
        [
            encoder.tokens(torch.from_numpy(block[start : start + encoder.batch])).mean(1).numpy()
            for start in range(0, len(block), encoder.batch)
        ]
    )
