"""Correlations over variants: do differences on two benchmarks go together?"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.ledger.cell import Cell
from workbench.ledger.model import CONFIDENCE, CorrelationTest
from workbench.ledger.sides import Side, chosen
from workbench.stats import Interval, spearman_interval


def correlation(rows: Side, test: CorrelationTest) -> tuple[Cell, dict[str, Any]]:
    """Spearman's rank correlation over variants as a cell, and its p, variants and single seeds.

    A variant without both numbers, or of which an audit failed, takes no part. On our rows the differences are means over seeds, and
    the interval over seeds alone is the range of the correlations of single seeds: all of them have to agree.
    """
    pairs, left_out = {}, []
    for name in chosen(rows, test, test.variants):
        x, y = (rows.differences(test, name, benchmark)[0] for benchmark in test.benchmarks)
        if x.at is None or y.at is None or x.failed or y.failed:
            left_out.append(name)
        else:
            pairs[name] = (x, y)
    cells = [cell for pair in pairs.values() for cell in pair]
    probe = ", ".join(dict.fromkeys(cell.probe for cell in cells))
    extra: dict[str, Any] = {"ours": not rows.published, "variants": list(pairs), "left_out": left_out}
    where = ("correlation", "", f"{test.x} and {test.y}", probe)
    try:
        values = np.array([(x.estimate, y.estimate) for x, y in pairs.values()], float).reshape(-1, 2)
        usual = spearman_interval(values[:, 0], values[:, 1], CONFIDENCE)
    except WorkbenchError as error:
        return Cell(*where, lacking="not run" if not pairs and not rows.published else str(error)), extra

    @cache
    def at(confidence: float) -> Interval:
        return usual if confidence == usual.confidence else spearman_interval(values[:, 0], values[:, 1], confidence)

    from scipy.stats import spearmanr

    p = float(spearmanr(values[:, 0], values[:, 1]).pvalue)
    seeds, by_seed = ((), ()) if rows.published else _by_seed(list(pairs.values()))
    over = (
        Interval(usual.estimate, min(by_seed), max(by_seed), usual.confidence, "range over seeds")
        if len(seeds) > 1
        else None
    )
    cell = Cell(
        *(*where, at, over, seeds, by_seed, len(pairs), p, None, "Spearman, t approximation"),
        rows=tuple({tuple(row.items()): row for cell in cells for row in cell.rows}.values()),
        marks=tuple(dict.fromkeys(mark for cell in cells for mark in cell.marks)),
    )
    return cell, extra


def _by_seed(pairs: list[tuple[Cell, Cell]]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The correlation of each seed that all variants have."""
    shared = sorted(set.intersection(*({*x.seeds} & {*y.seeds} for x, y in pairs)))
    found = []
    for seed in shared:
        x, y = (np.array([pair[i].by_seed[pair[i].seeds.index(seed)] for pair in pairs]) for i in (0, 1))
        found.append(spearman_interval(x, y, draws=100).estimate)
    return tuple(shared), tuple(found)
