"""Probing a run: features, every probe on every factor, and the result rows that tables are views of."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.audit import audit_mark
from workbench.data.clips import ClipSet, load_clips
from workbench.errors import UnknownName
from workbench.features import Features, extract
from workbench.presets import run_name, same_conditions
from workbench.probes import PROBES, Labelled, ProbeOutcome, ProbeTask
from workbench.progress import progress_bar
from workbench.runs import Run
from workbench.training.train import hold
from workbench.variants import VARIANTS

SPLITS = ("train", "val", "test")


def probe_run(
    run: Run,
    *,
    benchmarks: Sequence[str] | None = None,
    probes: Sequence[str] | None = None,
    factors: Sequence[str] | None = None,
    encoder: str | None = None,
    again: bool = False,
    show: bool = True,
) -> pd.DataFrame:
    """Rows of every benchmark × factor × probe (by default the run's settings say which); those there are kept unless `again`.

    `encoder` is "context" or "teacher", by default the one that the settings say. Fitted on labelled training clips, chosen on validation clips, told of test clips. Each benchmark's rows are saved as
    soon as they are there, so an interrupted call goes on where it stopped.
    """
    encoder = encoder or run.config.probe.encoder
    for name in probes or ():
        PROBES[name]  # an unknown probe raises before any work
    run.weights_key(encoder)  # an unknown or missing encoder raises too
    wanted = _wanted(run, benchmarks, factors, probes, encoder)
    done = set() if again else _present(run)
    todo = [cell for cell in wanted if cell not in done]
    with hold(run), progress_bar(f"probe {run.name}", len(todo), 0, show) as report:
        count = 0
        for benchmark in dict.fromkeys(cell[0] for cell in todo):
            rows, answers = [], []
            for row, answer in _benchmark(
                run, benchmark, [cell for cell in todo if cell[0] == benchmark], encoder, show
            ):
                rows.append(row)
                answers.append(answer)
                count += 1
                report(count, f"{benchmark} {row['probe']}")
            run.add_results(pd.DataFrame(rows), pd.concat(answers, ignore_index=True))
    saved = run.rows()
    keep = pd.MultiIndex.from_frame(saved[["benchmark", "factor", "probe", "encoder"]]).isin(wanted)
    return saved[keep].reset_index(drop=True)


def lacking(run: Run) -> list[tuple[str, str, str, str]]:
    """The cells (benchmark, factor, probe, encoder) that the run's settings ask for and its rows lack."""
    done = _present(run)
    return [cell for cell in _wanted(run, None, None, None, run.config.probe.encoder) if cell not in done]


def _wanted(
    run: Run,
    benchmarks: Sequence[str] | None,
    factors: Sequence[str] | None,
    probes: Sequence[str] | None,
    encoder: str,
) -> list[tuple[str, str, str, str]]:
    settings = run.config.probe
    return [
        (b, f, p, encoder)
        for b in benchmarks or settings.benchmarks
        for f in factors or settings.factors
        for p in probes or settings.probes
    ]


def _present(run: Run) -> set[tuple[str, str, str, str]]:
    rows = run.rows()
    if rows.empty:
        return set()
    current = rows[(rows["config_key"] == run.config.key())]
    return set(zip(*(current[name] for name in ("benchmark", "factor", "probe", "encoder")), strict=True))


def _benchmark(
    run: Run, benchmark: str, cells: list[tuple[str, str, str, str]], encoder: str, show: bool
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    sets = {split: load_clips(run.config.data, split, source=benchmark, progress=show) for split in SPLITS}
    for _, factor, _, _ in cells:
        if factor not in sets["test"].factors:
            raise UnknownName(f"factor of {benchmark}", factor, sets["test"].factors)
    features = {split: extract(run, clips, encoder) for split, clips in sets.items()}
    features["train"] = features["train"].head(run.config.probe.train_clips)
    for _, factor, probe, _ in cells:
        started = time.monotonic()
        task = ProbeTask(
            train=_labelled(features["train"], factor),
            val=_labelled(features["val"], factor),
            test=_labelled(features["test"], factor),
            classes=sets["test"].factors[factor],
            seed=run.config.seed,
            settings=run.config.probe,
        )
        task.check()
        outcome = PROBES[probe](task)
        row = result_row(run, sets["test"], factor, probe, encoder, task, outcome, time.monotonic() - started)
        yield row, answers(benchmark, probe, factor, encoder, task, outcome)


def _labelled(features: Features, factor: str) -> Labelled:
    return Labelled(features, np.array(features.table[factor], np.int64))


def answers(
    benchmark: str, probe: str, factor: str, encoder: str, task: ProbeTask, outcome: ProbeOutcome
) -> pd.DataFrame:
    """What the probe said of every test clip, for paired statistics."""
    return pd.DataFrame(
        {
            "benchmark": benchmark,
            "probe": probe,
            "factor": factor,
            "encoder": encoder,
            "clip": task.test.features.table["clip"].to_numpy(),
            "truth": task.test.labels,
            "predicted": outcome.predicted.astype(np.int64),
        }
    )


def result_row(
    run: Run,
    test: ClipSet,
    factor: str,
    probe: str,
    encoder: str,
    task: ProbeTask,
    outcome: ProbeOutcome,
    seconds: float,
) -> dict[str, Any]:
    """One tidy row: the accuracy on test clips with its Wilson interval, and everything that it depends on."""
    from workbench.stats import wilson

    config, info = run.config, run.info
    correct, n = int((outcome.predicted == task.test.labels).sum()), len(task.test.labels)
    low, high = wilson(correct, n)
    return {
        "run": run.name,
        "variant": config.variant,
        "seed": config.seed,
        "preset": config.preset,
        "recipe": config.recipe,
        "regime": config.data.source,
        "reading": config.reading,
        "benchmark": test.name,
        "split": test.split,
        "probe": probe,
        "factor": factor,
        "metric": "accuracy",
        "value": correct / n,
        "low": low,
        "high": high,
        "n": n,
        "chance": 1 / task.classes,
        "control": control_run(run),
        "encoder": encoder,
        "choice": outcome.choice,
        "val_accuracy": outcome.val_accuracy,
        "budget": outcome.budget,
        "config_key": config.key(),
        "data_key": test.key,
        "steps": info["step"],
        "seconds": round(seconds, 2),
        "train_seconds": info["seconds"],
        "fingerprint": info.get("fingerprint", ""),
        "commit": info["git"]["commit"],
        "dirty": bool(info["git"]["dirty"]),
        "audit": audit_mark(run, encoder),
    }


def control_run(run: Run) -> str:
    """Name of the matched control: the control variant, as described, with the same seed, preset, recipe and training data.

    Empty for the random encoder.
    """
    config = run.config
    variant = VARIANTS[config.variant]
    if not variant.trained:
        return ""
    return run_name(same_conditions(config, variant.control))
