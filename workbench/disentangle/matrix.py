"""The factor × block matrix: how well each factor is read from each block and from all channels. What people look at first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.disentangle.data import FactorData
from workbench.disentangle.discriminant import Reader, score
from workbench.disentangle.nulls import beside, joined, principal, random_splits
from workbench.disentangle.tables import table

ALL = "all"
SIDES = ("appearance", "dynamics")


def matrix(
    data: FactorData, blocks: Mapping[str, np.ndarray], random: FactorData | None = None, seed: int = 0
) -> pd.DataFrame:
    """Probe score s of every factor from every block (channel indices) and from all channels, on test clips.

    `factor`, `group`, `block`, `channels` (how many), `probe`, `value` = (accuracy − chance)/(1 − chance) with its Wilson
    interval `low`, `high` over `n` clips, `accuracy`, `chance`, then the nulls and `note`. Each cell is read twice: by the
    `logistic` probe, and by the `discriminant` that the random splits of the same sizes can afford (their columns and
    `pca` stand in its rows). `random` is the random encoder's data, read by the same probe from the same channels.
    """
    sets = {**blocks, ALL: np.arange(data.width)}
    others = _comparable(random, data)
    readers = Reader(data), Reader(others) if others else None
    logistic = _logistic_answers(readers, sets)
    fast = _fast_answers(data, readers, sets, seed)
    rows = [
        _row(data, factor, block, sets[block], probe, answers.get((factor, block)))
        for factor in data.factors
        for block in sets
        for probe, answers in (("logistic", logistic), ("discriminant", fast))
    ]
    frame = table(rows)
    return frame if others else frame.assign(note=[joined(note, _no_random(random)) for note in frame["note"]])


Answers = dict[tuple[str, str], dict[str, Any]]


def _logistic_answers(readers: tuple[Reader, Reader | None], sets: Mapping[str, np.ndarray]) -> Answers:
    answers: Answers = {}
    for factor in readers[0].factors:
        for block, channels in sets.items():
            mine = _logistic_right(readers[0], factor, channels)
            answers[factor, block] = {"right": mine}
            other = readers[1]
            if other is not None and factor in other.factors:
                answers[factor, block]["random"] = float(_logistic_right(other, factor, channels).mean())
    return answers


def _logistic_right(reader: Reader, factor: str, channels: np.ndarray) -> np.ndarray:
    from workbench.probes.logistic import fit_logistic

    data, columns = reader.data, reader.columns(channels)
    fit = fit_logistic(
        reader.train[:, columns],
        data.train.labels[factor],
        reader.val[:, columns],
        data.val.labels[factor],
        data.classes[factor],
    )
    return np.asarray(fit.predict(reader.test[:, columns]) == data.test.labels[factor])


def _fast_answers(
    data: FactorData, readers: tuple[Reader, Reader | None], sets: Mapping[str, np.ndarray], seed: int
) -> Answers:
    reader, other = readers
    components = Reader(principal(data, sets[ALL]))
    answers: Answers = {(factor, block): {} for factor in reader.factors for block in sets}
    for block, channels in sets.items():
        mine = reader.right(channels)
        nulls: list[np.ndarray] = []
        if len(channels) < data.width:
            nulls = [reader.right(one).mean(0) for one, _ in random_splits(sets[ALL], len(channels), seed)]
        leading = components.right(sets[ALL][: len(channels)]).mean(0)
        untrained = other.right(channels).mean(0) if other else None
        for i, factor in enumerate(reader.factors):
            found = answers[factor, block]
            found["right"], found["pca"] = mine[:, i], float(leading[i])
            if nulls:
                found["nulls"] = np.array([null[i] for null in nulls])
            if other is not None and untrained is not None and factor in other.factors:
                found["random"] = float(untrained[other.factors.index(factor)])
    return answers


def _row(
    data: FactorData, factor: str, block: str, channels: np.ndarray, probe: str, answer: dict[str, Any] | None
) -> dict[str, Any]:
    from workbench.stats import wilson

    chance = 1 / data.classes[factor]
    row: dict[str, Any] = {
        "factor": factor,
        "group": data.group_of(factor),
        "block": block,
        "channels": len(channels),
        "probe": probe,
        "n": len(data.test),
        "chance": chance,
        "note": data.notes[factor],
    }
    if answer is None:
        return row
    right = answer["right"]
    low, high = wilson(int(right.sum()), len(right))
    row |= {"accuracy": float(right.mean()), "value": float(score(right.mean(), chance))}
    row |= {"low": float(score(low, chance)), "high": float(score(high, chance))}
    if "nulls" in answer:
        row |= beside(row["value"], score(answer["nulls"], chance), "higher")
    for column, name in (("pca", "pca"), ("random_encoder", "random")):
        if name in answer:
            row[column] = float(score(answer[name], chance))
    if probe == "logistic":
        row["note"] = joined(row["note"], "random splits and PCA: see the discriminant's row")
    elif block == ALL:
        row["note"] = joined(row["note"], "all channels: no random split")
    return row


def _comparable(random: FactorData | None, data: FactorData) -> FactorData | None:
    """The random encoder's data where the same channels exist in it."""
    return random if random is not None and random.width == data.width else None


def _no_random(random: FactorData | None) -> str:
    return "random encoder: not given" if random is None else "random encoder: of another width"
