"""What runs cost: time of training and probes as recorded, parameters in their weight files, and what is not recorded."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.report.contents.all_runs import AllRuns
from workbench.report.contents.common import NOT_RUN, READINGS, each
from workbench.report.gather import run_folders
from workbench.report.numbers import counted, listed
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.rows import measured_folder

PARTS = {"encoder": "encoder", "predictor": "predictor", "heads": "heads"}
MEMORY = "python -m bench.memory --keep memory"


class Cost(AllRuns):
    """A line for each variant of a regime."""

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A line a run: regime, variant, reading, seed, steps, seconds of training, of probes, in all."""
        total = {run: seconds for origin in self.kept.values() for run, seconds in origin["runs_seconds"].items()}
        lines = []
        for run, rows in self.rows.groupby("run", sort=False):
            one, first = self.asked[str(run)], rows.iloc[0]
            lines.append(
                {
                    **{
                        "run": run,
                        "regime": one.regime,
                        "variant": one.variant,
                        "reading": one.reading,
                        "seed": one.seed,
                    },
                    **{"steps": first["steps"], "training": first["train_seconds"] if first["steps"] else 0.0},
                    **{"probes": rows["seconds"].sum(), "cells": len(rows), "in_all": total.get(run)},
                }
            )
        columns = ["run", "regime", "variant", "reading", "seed", "steps", "training", "probes", "cells", "in_all"]
        return pd.DataFrame(lines, columns=columns)

    @cached_property
    def parameters_of(self) -> dict[str, dict[str, int]]:
        """Numbers in the weight files of the runs that are on this disk: run -> part -> count."""
        found = {}
        for name, run in run_folders(list(self.asked)).items():
            counts = {
                part: count_numbers(path)
                for part in PARTS
                if (path := run.folder / "weights" / f"{part}.safetensors").is_file()
            }
            if counts:
                found[name] = counts
        return found

    @cached_property
    def memory(self) -> pd.DataFrame:
        """Peak MB of the training step by regime and variant, measured apart from the runs; empty where it was not."""
        parts = []
        for path in sorted(measured_folder().glob("*.cost.parquet")):
            try:
                part = pd.read_parquet(path)
                parts.append(part[part["preset"] == self.parameters.preset])
            except (OSError, ValueError, KeyError) as error:
                raise WorkbenchError(f"{path} cannot be read ({error}). Make it again: `{MEMORY}`.") from None
        empty = pd.DataFrame(columns=["memory_mb", "memory_low", "memory_high", "batch"])
        return pd.concat(parts).set_index(["regime", "variant"]) if parts else empty

    def summary(self) -> Prose:
        """How many runs, and hours."""
        hours = self.runs["training"].sum() / 3600, self.runs["probes"].sum() / 3600
        text = f"{self.have()} Their training took {hours[0]:.1f} hours of wall time and their probes {hours[1]:.1f}, run by run added up."
        return Prose(
            "summary", text if len(self.memory) else f"{text} Peak memory: **{NOT_RUN}**. Measure it with `{MEMORY}`."
        )

    def time(self) -> Table:
        """Seconds by regime, variant and reading, and the ratio to the baseline of the same regime and seed."""
        columns = [Column("variant", number=False), Column("seeds"), Column("steps")]
        columns += [Column(title, "seconds a run") for title in ("training", "probes", "in all")]
        columns += [
            Column("training over baseline's"),
            Column("step, MB", "memory"),
            *(Column(part, "parameters") for part in PARTS),
        ]
        rows: list[list[Cell]] = []
        for regime in self.parameters.regimes:
            here = self.runs[self.runs["regime"] == regime]
            rows.append([Cell(f"trained on {regime}")])
            arms = dict.fromkeys((one.variant, one.reading) for one in self.asked.values() if one.regime == regime)
            rows += [self._line(*arm, regime, here) for arm in arms]
        notes = [
            "Means over seeds; below them the least and the most. Wall time as recorded: what else the machine did meanwhile is not, and seeds of one variant show how much that matters.",
            "In all: as the sweep recorded it, data and audits included; a dash where no kept table says.",
            "Ratio: each seed's over that of the baseline of its seed, mean; no interval.",
            "Parameters: numbers in the weight files of runs on this disk; a dash where there is none.",
            self._of_memory(),
        ]
        lead = f"{counted(len(self.runs), 'run')} of preset {self.parameters.preset}."
        return Table("cost", "Time, memory and parameters", columns, rows, self._frame(), notes, lead)

    def software(self) -> Prose:
        """Versions and threads behind the times."""
        found = dict.fromkeys(json.dumps(origin["versions"], sort_keys=True) for origin in self.kept.values())
        lines = [", ".join(f"{name} {version}" for name, version in json.loads(text).items()) for text in found]
        return Prose("software", "\n".join(f"- Software: {line}" for line in lines))

    def _line(self, variant: str, reading: str, regime: str, here: pd.DataFrame) -> list[Cell]:
        mine = here[(here["variant"] == variant) & (here["reading"] == reading)]
        name = Cell(variant, READINGS[reading] if reading == "as_published" else "")
        if mine.empty:
            return [
                name,
                Cell(NOT_RUN, look="missing"),
                *[Cell("–")] * 5,
                self._memory(variant, regime),
                *[Cell("–")] * len(PARTS),
            ]
        seeds = Cell(listed(mine["seed"]))
        steps = Cell(listed(f"{n:,}" for n in mine["steps"].unique()))
        times = [_seconds(mine[kind].dropna().tolist()) for kind in ("training", "probes", "in_all")]
        counts = next((self.parameters_of[run] for run in mine["run"] if run in self.parameters_of), {})
        parts = [Cell(f"{counts[part]:,}" if part in counts else "–") for part in PARTS]
        return [name, seeds, steps, *times, _ratio(mine, here), self._memory(variant, regime), *parts]

    def _frame(self) -> pd.DataFrame:
        """The runs for programs, with the memory of their variant."""
        sizes = self.memory.reset_index()
        return (
            self.runs.merge(sizes.drop(columns="preset"), how="left", on=["regime", "variant"])
            if len(sizes)
            else self.runs
        )

    def _memory(self, variant: str, regime: str) -> Cell:
        if (regime, variant) not in self.memory.index:
            return Cell("–" if len(self.memory) else NOT_RUN, look="" if len(self.memory) else "missing")
        found: Any = self.memory.loc[(regime, variant)]
        return Cell(f"{found['memory_mb']:.0f}", f"{found['memory_low']:.0f} to {found['memory_high']:.0f}")

    def _of_memory(self) -> str:
        """What the column of memory is of."""
        if self.memory.empty:
            return f"Memory is measured apart from the runs: `{MEMORY}`."
        batches = listed(self.memory["batch"].unique())
        return (
            f"Memory: peak private memory of a process over six steps of {batches} clips in float32 on the CPU, less that before the model was made (weights, "
            f"gradients, optimiser, teacher, activations); mean, least and most of three processes. Made by `{MEMORY}`; the random encoder takes no step."
        )


def _seconds(values: Sequence[float]) -> Cell:
    if not values:
        return Cell("–")
    mean = sum(values) / len(values)
    return Cell(f"{mean:,.0f}", f"{min(values):,.0f} to {max(values):,.0f}" if len(values) > 1 else "")


def _ratio(mine: pd.DataFrame, here: pd.DataFrame) -> Cell:
    base = here[(here["variant"] == "baseline") & (here["reading"] == "as_described")].set_index("seed")["training"]
    both = [row.training / base[row.seed] for row in each(mine) if row.training and row.seed in base.index]
    if not both or mine["variant"].iloc[0] == "baseline":
        return Cell("–")
    return Cell(f"{sum(both) / len(both):.2f}", ", ".join(f"{x:.2f}" for x in both) if len(both) > 1 else "")


def count_numbers(path: Path) -> int:
    """How many numbers a safetensors file holds, from its header alone; a file that is none raises."""
    try:
        with path.open("rb") as file:
            (size,) = struct.unpack("<Q", file.read(8))
            header: dict[str, Any] = json.loads(file.read(size))
    except (OSError, struct.error, ValueError, MemoryError) as error:
        raise WorkbenchError(
            f"{path} is no safetensors file ({error}). Train the run again, or delete its folder."
        ) from None
    total = 0
    for name, entry in header.items():
        if name != "__metadata__":
            count = 1
            for length in entry["shape"]:
                count *= length
            total += count
    return total
