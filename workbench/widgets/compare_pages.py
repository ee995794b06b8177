"""What stands behind the tabs of the comparer: each page asks one question of all models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pandas as pd

from workbench.comparing.accuracies import Cell, accuracies
from workbench.comparing.differs import settings_table, what_differs
from workbench.comparing.model import Model
from workbench.comparing.neighbours import Neighbourhoods, chance_shared
from workbench.comparing.training import audits
from workbench.registry import Registry
from workbench.report.compare import Difference
from workbench.report.numbers import ends, p_value, percent, seeds_words
from workbench.report.words import probe_name
from workbench.stats import two_level_bootstrap
from workbench.widgets.compare_blocks import NONE, Block, column, figure, model_columns, share, table, text
from workbench.widgets.compare_source import LETTERS, Compared
from workbench.widgets.compare_stored import curves, matrices, spectra, time
from workbench.widgets.content import clip_item
from workbench.widgets.player import ClipCache

CLIPS_SHOWN = 20
Blocks = list[Block]


@dataclass(frozen=True)
class Shown:
    """What a page is made of."""

    compared: Compared
    near: Neighbourhoods
    cache: ClipCache

    @property
    def models(self) -> tuple[Model, ...]:
        """The models in the order of their letters."""
        return self.compared.models

    @property
    def benchmark(self) -> str:
        """What the clips are of."""
        return self.compared.sources[0].benchmark


@dataclass(frozen=True)
class Page:
    """A tab's words, and what makes its blocks."""

    title: str
    of: Callable[[Shown], Blocks]


PAGES: Registry[Page] = Registry("tab of the comparer")


def pair_name(a: int, b: int) -> str:
    """A and B."""
    return f"{LETTERS[a]} and {LETTERS[b]}"


def neighbours(shown: Shown) -> Blocks:
    """How far the models agree on which clips are alike, in what, and on which clips least."""
    near, models = shown.near, shown.models
    pairs = [near.agreement(a, b) for a, b in near.pairs]
    chance = pairs[0].chance
    rows = [
        [pair_name(one.a, one.b), {"text": figure(one.overlap.estimate, 3), "note": f"{one.overlap.low:.3f} to {one.overlap.high:.3f}", "level": one.overlap.estimate},
         figure(one.chance, 3), f"{one.n:,}"] for one in pairs
    ]  # fmt: skip
    columns = [
        column("models"),
        column("overlap", "95 % over clips", True),
        column("by chance", "", True),
        column("clips", "", True),
    ]
    caption = f"Overlap of the {near.k} nearest clips: 1 the same clips, {chance:.3f} by chance"
    return [
        text(f"Nearest by cosine in the standardised pooled features, k = {near.k}. Overlap: clips that both models have among them, of all that either has (Jaccard)."),
        table(caption, columns, rows),
        _shared(shown),
        _most_changed(shown, [model.name for model in models]),
    ]  # fmt: skip


def _shared(shown: Shown) -> Block:
    """Which factors the neighbours share, in each model."""
    near, source = shown.near, shown.compared.sources[0]
    rows = []
    for name in source.discrete:
        values = source.table[name].to_numpy()
        cells = []
        for model in range(len(shown.models)):
            found = two_level_bootstrap(near.shared(values, model)[None])
            cells.append(share(found.estimate, found.low, found.high, level=True))
        rows.append([name, *cells, f"{percent(chance_shared(values))} %"])
    columns = [column("factor"), *model_columns(shown.models), column("by chance", "", True)]
    return table(
        f"Of the {near.k} nearest clips, how many share a factor: mean over {near.n:,} clips with 95 % interval",
        columns,
        rows,
    )


def _most_changed(shown: Shown, names: list[str]) -> Block:
    near, source = shown.near, shown.compared.sources[0]
    pairs = list(permutations(range(len(names)), 2)) if len(names) == 2 else []
    rows = []
    for row in near.most_changed(CLIPS_SHOWN):
        item = clip_item(source, int(row), shown.cache)
        facts = ", ".join(source.word(name, int(row)) for name in source.parts)
        first = {**item, "look": item["id"], "row": int(row), "note": facts}
        far = [f"{near.places[a, b, row]:,.0f}" for a, b in pairs] or [f"{_mean_place(near, int(row)):,.0f}"]
        rows.append([first, figure(float(near.mean_overlap[row]), 3), *far])
    places = [column(f"{LETTERS[a]}'s in {LETTERS[b]}", f"mean place of {near.n - 1:,}", True) for a, b in pairs]
    columns = [
        column("clip"),
        column("overlap", "" if pairs else "mean over pairs", True),
        *(places or [column("mean place in another", f"of {near.n - 1:,}", True)]),
    ]
    return table(
        f"The {len(rows)} clips whose neighbours changed most: least overlap, then farthest away", columns, rows
    )


def _mean_place(near: Neighbourhoods, row: int) -> float:
    return float(np.mean([near.places[pair][row] for a, b in near.pairs for pair in ((a, b), (b, a))]))


def probes(shown: Shown) -> Blocks:
    """What probes read from each model, from stored rows; nothing is probed."""
    models = shown.models
    cells = accuracies(models)
    blocks = [
        text(f"{LETTERS[i]}, {model.name}, has no result rows yet: `workbench probe {model.name}` makes them.")
        for i, model in enumerate(models)
        if model.rows.empty
    ]
    if not cells:
        return [*blocks, text("No cell was read from two of the models, so there is no difference to tell.")]
    columns = [
        column("benchmark, probe"),
        column("clips", "", True),
        column("chance", "", True),
        column("random", "untrained", True),
        *model_columns(models),
    ]
    for i in range(1, len(models)):
        columns += [
            column(f"{LETTERS[i]} less {LETTERS[0]}", "points, 95 %", True),
            column("verdict"),
            column("p, Holm", "", True),
        ]
        columns += [column(f"{LETTERS[i]} less {LETTERS[0]}, more seeds", "points, 95 %", True)]
    caption = "Accuracy on test clips in percent with 95 % intervals, and paired differences on the same clips"
    rows = [_probe_row(cell) for cell in cells]
    methods = dict.fromkeys(
        one.paired.interval.method for cell in cells for one in (*cell.differences, *cell.over_seeds) if one
    )
    tests = dict.fromkeys(one.paired.test for cell in cells for one in cell.differences if one)
    marks = dict.fromkeys(mark for cell in cells for one in cell.differences if one for mark in one.marks)
    count = sum(one is not None for cell in cells for one in cell.differences)
    seeds = {model.seed for model in models}
    return [
        *blocks,
        table(caption, columns, rows),
        text(f"Differences: {', '.join(methods)}; p: {', '.join(tests)}, adjusted by Holm over {count} differences. Columns of two models are of {seeds_words(sorted(seeds))}; one seed says nothing of the spread over seeds."),
        *(text(f"Not like for like: {mark}.") for mark in marks),
    ]  # fmt: skip


def _probe_row(cell: Cell) -> list[Any]:
    name = f"{cell.benchmark}, {probe_name(cell.probe)}" + ("" if cell.factor == "label" else f", {cell.factor}")
    known = next(row for row in cell.rows if row is not None)
    random = NONE if cell.random is None else share(cell.random.value, cell.random.low, cell.random.high)
    line: list[Any] = [name, f"{known.n:,}", f"{percent(known.chance)} %", random]
    line += [NONE if row is None else share(row.value, row.low, row.high, level=True) for row in cell.rows]
    for one, more, p in zip(cell.differences, cell.over_seeds, cell.p_holm, strict=True):
        if one is None:
            line += [NONE, "not run", NONE]
        else:
            line += [_difference(one), {"text": one.verdict, "strong": one.verdict in ("above", "below")}, p_value(p)]
        line.append(
            NONE
            if more is None
            else {**_difference(more), "note": f"{ends(more.paired.interval, signed=True)}; {seeds_words(more.seeds)}"}
        )
    return line


def _difference(one: Difference) -> Block:
    interval = one.paired.interval
    return {"text": percent(interval.estimate, signed=True), "note": ends(interval, signed=True) or "no interval"}


def audit_page(shown: Shown) -> Blocks:
    """What the numbers of each model rest on."""
    models = shown.models
    found = audits(models)
    letters = {model.name: LETTERS[i] for i, model in enumerate(models)}
    blocks = [
        text(f"{LETTERS[i]}, {model.name}, is not a run, so nothing was recorded that could be audited.")
        for i, model in enumerate(models)
        if model.run is None
    ]
    rows = [
        [letters[row["model"]], row["audit"], row["of"], _status(row["status"]), row["found"]]
        for row in found.to_dict("records")
    ]
    columns = [column("model"), column("audit"), column("of"), column("status"), column("found")]
    return [
        *blocks,
        *([table("Audits of the runs; a failing one marks every number of its run", columns, rows)] if rows else []),
    ]


def _status(status: str) -> Block:
    marks = {"passed": "✓", "failed": "✗", "noted": "•"}
    return {"text": f"{marks.get(status, '')} {status}".strip(), "strong": status == "failed"}


def settings(shown: Shown) -> Blocks:
    """In which settings the models differ, and whether their variants claim that."""
    models = shown.models
    found = settings_table(list(models))
    blocks = [text(what_differs(a, b)) for a, b in combinations(models, 2)]
    blocks += [text(f"The settings of {model.name} are not known.") for model in models if not model.settings]
    known = [(i, model) for i, model in enumerate(models) if model.settings]
    columns = [column("setting"), *(column(LETTERS[i], model.name) for i, model in known), column("claimed")]
    rows = [
        [str(row[0]), *map(str, row[1:-1]), "yes, by the variant" if row[-1] else "no"]
        for row in found.itertuples(index=False)
    ]
    if rows:
        blocks.append(table("Settings that differ", columns, rows))
    return [*blocks, _records(shown)]


def _records(shown: Shown) -> Block:
    """What the runs recorded of themselves."""
    facts = {
        "trained": [f"{m.about['steps']:,} steps" + ("" if pd.isna(m.about["train_seconds"]) else f", {m.about['train_seconds']:,.0f} s") for m in shown.models],
        "seed": [str(m.seed) for m in shown.models],
        "initial weights": [str(m.about["fingerprint"])[:16] or NONE for m in shown.models],
        "source tree": [str(m.about["commit"])[:10] + (", with uncommitted changes" if m.about["dirty"] else "") for m in shown.models],
        "audit": [str(m.about["audit"]) for m in shown.models],
        "key of the weights": [m.encoder.key[:16] for m in shown.models],
    }  # fmt: skip
    columns = [column("recorded"), *(column(LETTERS[i], model.name) for i, model in enumerate(shown.models))]
    return table("What is recorded of each", columns, [[name, *values] for name, values in facts.items()])


PAGES.add("neighbours", Page("Neighbours that changed most", neighbours))
PAGES.add("probes", Page("Probes", probes))
PAGES.add("matrices", Page("Matrices", lambda shown: matrices(shown.models, shown.benchmark)))
PAGES.add("time", Page("Time", lambda shown: time(shown.models, shown.benchmark)))
PAGES.add("spectra", Page("Spectra", lambda shown: spectra(shown.models, shown.benchmark)))
PAGES.add("curves", Page("Curves", lambda shown: curves(shown.models)))
PAGES.add("audits", Page("Audits", audit_page))
PAGES.add("settings", Page("Settings", settings))
