"""What a probe reads where there is nothing to read: the control with random labels.

A probe that is strong enough learns labels which have nothing to do with the clips. Selectivity is its accuracy less the
accuracy on labels shuffled over clips (Hewitt and Liang 2019): what it owes to the encoder and not to its own memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError
from workbench.probes.base import Labelled, ProbeTask, ask_all

SEEDS = (0, 1, 2, 3, 4)


def shuffled(task: ProbeTask, seed: int) -> ProbeTask:
    """The task with the labels of every split shuffled over its clips: same features, same counts of classes."""
    rng = np.random.default_rng(seed)
    train, val, test = (Labelled(part.features, rng.permutation(part.labels)) for _, part in task.splits())
    return replace(task, train=train, val=val, test=test)


def selectivity(probe: str, tasks: Mapping[str, ProbeTask], seeds: Sequence[int] = SEEDS) -> pd.DataFrame:
    """Accuracy, accuracy on random labels (mean over `seeds`) and selectivity, their difference, of every factor.

    Columns: factor, probe, metric ("accuracy", "random_labels", "selectivity"), value, low, high, n, chance, note; shares
    of 1. The interval of the accuracy is Wilson's over test clips, that of random labels the range over seeds; that of
    selectivity is the accuracy's moved by the mean on random labels. A factor that cannot be measured has no value and
    the reason in `note`; a continuous one is such a factor.
    """
    if not seeds:
        raise WorkbenchError("Random labels need at least one seed.")
    notes = {name: _obstacle(task) for name, task in tasks.items()}
    sound = {name: task for name, task in tasks.items() if not notes[name]}
    real = _accuracies(probe, sound)
    random = [_accuracies(probe, {name: shuffled(task, seed) for name, task in sound.items()}) for seed in seeds]
    rows: list[dict[str, object]] = []
    for name, task in tasks.items():
        base: dict[str, object] = {"factor": name, "probe": probe}
        if name not in sound:
            rows += [
                {**base, "metric": metric, "note": notes[name]}
                for metric in ("accuracy", "random_labels", "selectivity")
            ]
            continue
        rows += [
            {**base, **row, "n": len(task.test.labels), "note": task.note}
            for row in _rows(task, real[name], [each[name] for each in random])
        ]
    columns = ["factor", "probe", "metric", "value", "low", "high", "n", "chance", "note"]
    return pd.DataFrame(rows, columns=columns)


def _rows(task: ProbeTask, accuracy: float, random: list[float]) -> list[dict[str, object]]:
    from workbench.stats import wilson

    n, chance, null = len(task.test.labels), 1 / task.classes, float(np.mean(random))
    low, high = wilson(round(accuracy * n), n)
    return [
        {"metric": "accuracy", "value": accuracy, "low": low, "high": high, "chance": chance},
        {"metric": "random_labels", "value": null, "low": min(random), "high": max(random), "chance": chance},
        {"metric": "selectivity", "value": accuracy - null, "low": low - null, "high": high - null, "chance": 0.0},
    ]


def _accuracies(probe: str, tasks: Mapping[str, ProbeTask]) -> dict[str, float]:
    outcomes = ask_all(probe, tasks) if tasks else {}
    return {name: float((outcome.predicted == tasks[name].test.labels).mean()) for name, outcome in outcomes.items()}


def _obstacle(task: ProbeTask) -> str:
    """Why the task has no accuracy, in words; empty where it has one."""
    if task.continuous:
        return "continuous: selectivity is defined for classes"
    try:
        task.check()
    except WorkbenchError as error:
        return str(error)
    return ""
