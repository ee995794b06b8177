"""Features of a frozen encoder, extracted once in batches into memory-mapped arrays and shared by everything after."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.room import full_disk_named, reserve
from workbench.errors import WorkbenchError
from workbench.files import content_key, whole_folder

if TYPE_CHECKING:
    from torch import nn

    from workbench.data.clips import ClipSet
    from workbench.data.shards import Clips
    from workbench.runs import Run

VERSION = 1


@dataclass(frozen=True)
class Features:
    """Tokens of every clip of a split: `tokens` float16 (n, t·h·w, D), memory-mapped; `table` is the clip set's."""

    tokens: np.ndarray
    grid: tuple[int, int, int]
    table: pd.DataFrame
    key: str

    @cached_property
    def per_time(self) -> np.ndarray:
        """Mean over the frame at each time step: float32 (n, t, D)."""
        n, _, width = self.tokens.shape
        t = self.grid[0]
        result = np.empty((n, t, width), np.float32)
        for start in range(0, n, 1024):
            block = self.tokens[start : start + 1024]
            result[start : start + len(block)] = block.reshape(len(block), t, -1, width).mean(2, dtype=np.float32)
        return result

    @cached_property
    def pooled(self) -> np.ndarray:
        """Mean over all tokens: float32 (n, D)."""
        return self.per_time.mean(1)

    def head(self, n: int) -> Features:
        """The first `n` clips."""
        return Features(self.tokens[:n], self.grid, self.table.iloc[:n], self.key)


def standardise(train: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Zero mean and unit deviation per channel by the statistics of `train` (rows are samples)."""
    mean, deviation = train.mean(0), train.std(0)
    deviation = np.where(deviation > 1e-6, deviation, 1.0)
    return [((x - mean) / deviation).astype(np.float32) for x in (train, *others)]


def encode(encoder: nn.Module, clips: Clips, out: np.ndarray, *, tubelet: int, patch: int, batch: int = 256) -> None:
    """Fill `out` float16 (n, tokens, D) with the encoder's tokens of uint8 `clips` (n, T, H, W, 3), batch by batch."""
    import torch

    from workbench.latents import normalise
    from workbench.models.layers import tubelets

    device = next(encoder.parameters()).device
    with torch.inference_mode():
        for start in range(0, len(clips), batch):
            block = torch.from_numpy(np.array(clips[start : start + batch])).to(device)
            tokens = encoder(tubelets(normalise(block), tubelet, patch))
            out[start : start + len(block)] = tokens.to(torch.float16).cpu().numpy()


def extract(run: Run, clips: ClipSet, which: str | None = None, batch: int = 256) -> Features:
    """Features of `clips` by the run's encoder, from the run's cache where they are there already.

    `which` is "context" or "teacher"; by default the one that the run's settings say is probed.
    """
    which = which or run.config.probe.encoder
    grid = run.config.grid
    expected = (run.config.data.frames, run.config.data.size, run.config.data.size, 3)
    if clips.clips.shape[1:] != expected:
        raise WorkbenchError(
            f"Clips of {clips.name} have shape {clips.clips.shape[1:]}, the encoder of {run.name} takes {expected}."
        )
    key = content_key(VERSION, run.weights_key(which), clips.key, length=16)
    folder = run.folder / "features" / f"{clips.name}-{clips.split}-{which}-{key}"
    if not (folder / "tokens.npy").exists():
        with full_disk_named(folder.parent), whole_folder(folder) as temporary:
            _extract_to(temporary, run, clips, which, batch)
    tokens = np.load(folder / "tokens.npy", mmap_mode="r")
    if len(tokens) != len(clips.table):
        raise WorkbenchError(f"{folder} does not fit its clips; delete the folder and repeat the command.")
    return Features(tokens, grid, clips.table, key)


def drop_features(run: Run) -> None:
    """Remove the run's cached features; the next reading extracts them again from its weights."""
    shutil.rmtree(run.folder / "features", ignore_errors=True)


def _extract_to(folder: Path, run: Run, clips: ClipSet, which: str, batch: int) -> None:
    grid, model = run.config.grid, run.config.model
    shape = (len(clips.clips), grid[0] * grid[1] * grid[2], run.config.latent_width)
    out = np.lib.format.open_memmap(folder / "tokens.npy", mode="w+", dtype=np.float16, shape=shape)
    reserve(folder / "tokens.npy")
    encode(run.encoder(which), clips.clips, out, tubelet=model.tubelet, patch=model.patch, batch=batch)
    out.flush()
    (folder / "features.json").write_text(json.dumps({"clips": clips.key, "encoder": which, "shape": shape}))
