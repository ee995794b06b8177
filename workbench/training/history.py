"""Every term of every step, kept on the device and read in blocks, so that logging never makes the step wait."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from workbench.distributed import all_mean
from workbench.errors import WorkbenchError


class TrainingDiverged(WorkbenchError):
    """A loss term or the gradient stopped being finite. `term` names the first, `step` says where."""

    def __init__(self, run: str, term: str, step: int, value: float, kept: int) -> None:
        self.term, self.step = term, step
        where = f"the checkpoint of step {kept} is kept" if kept else "no checkpoint had been written yet"
        super().__init__(
            f"Run '{run}': '{term}' became {value} at step {step}; training stopped and {where}. "
            "Lower optim.lr or the term's weight, or raise optim.warmup, and train under the changed settings."
        )


class History:
    """Rows of numbers by step. Tensors are collected as they are and moved to the host by `flush`."""

    def __init__(self, run: str) -> None:
        self.run = run
        self._rows: list[dict[str, float]] = []
        self._waiting: list[tuple[dict[str, float], dict[str, Tensor]]] = []

    def add(self, plain: dict[str, float], tensors: dict[str, Tensor]) -> None:
        """Note one step: numbers known on the host, and 0-d tensors that may still be computing."""
        self._waiting.append((plain, tensors))

    def flush(self, kept: int) -> None:
        """Read all waiting tensors in one transfer, as means over the processes, all of which call it; raise `TrainingDiverged` at the first
        that is not finite.

        `kept` is the step of the last checkpoint, for the message.
        """
        if not self._waiting:
            return
        names = list(self._waiting[0][1])
        block = torch.stack([torch.stack([tensors[name].float() for name in names]) for _, tensors in self._waiting])
        block = all_mean(block)  # each process knows its own clips; the mean is that of the joint batch
        waiting, self._waiting = self._waiting, []
        for (plain, _), values in zip(waiting, block.tolist(), strict=True):
            row = plain | dict(zip(names, values, strict=True))
            self._rows.append(row)
            for name, value in zip(names, values, strict=True):
                if not math.isfinite(value):
                    raise TrainingDiverged(self.run, name, int(plain["step"]), value, kept)

    def join(self, step: int, values: dict[str, float]) -> None:
        """Add columns to the row of `step`, which has been read."""
        for row in reversed(self._rows):
            if row["step"] == step:
                row |= values
                return

    @property
    def last(self) -> dict[str, float]:
        """The newest row that has been read."""
        return self._rows[-1] if self._rows else {}

    @property
    def rows(self) -> list[dict[str, float]]:
        """All rows that have been read, one a step."""
        return self._rows

    def table(self) -> pd.DataFrame:
        """All rows that have been read."""
        return pd.DataFrame(self._rows)

    def restore(self, path: Path) -> None:
        """Go on from a saved table."""
        table = pd.read_parquet(path)
        self._rows = [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]
