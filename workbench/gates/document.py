"""`docs/benchmarks.md`: what each benchmark is, its settings of difficulty, and how far the oracles come."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from workbench.config import Background, DataSettings
from workbench.data.benchmarks import BENCHMARKS, MIXED
from workbench.data.composition import COMPOSITIONS
from workbench.gates.independence import Independence
from workbench.gates.views import VIEWS

DIFFICULTY = ("sprites", "speed", "distractors", "composition")
HEAD = """# Benchmarks

Written by `{command}`; the rows lie in `{rows}`. Do not edit by hand;
`workbench data gates --from-rows --write PAGE` writes a page anew from its rows, without measuring.

Every clip is rendered from factors that are drawn independently of each other: sprite (one of ten handwritten digits, or of ten
drawn shapes), handwriting or variant, colour, size, background photograph and where it is cut, start, speed, and the motion. All of
them are saved per clip in `data/<set>/<split>.parquet`. Train, validation and test share no handwriting, no variant of a shape, no
pixel of a photograph and no seed. The frame is a torus: a sprite that leaves on one side enters on the other, so its place in any one
frame is uniform whatever the motion.

## Settings of difficulty

A changed setting makes a data set of its own (`workbench data make motion48 --set data.distractors=2`).

| setting | default | what |
|---|---|---|
{settings}

Sizes come with the preset: `quick` 3,000 / 600 / 1,000 clips of 24×24×8 for train / val / test, `standard` 8,000 / 1,500 / 3,000,
`paper` 48,000 / 5,000 / 10,000 of 224×224×16.

What train and val hold none of (`data.composition`); test then has a column `held_out`:

{compositions}

## Regimes

`--data single` trains on `motion48`, `--data mixed` on {mixed}.
{mixed_sheet}
## How to read the tables

An oracle is a classifier fitted on the {train} training clips and read on the {n} test clips of the decoded set that models see
({size}×{size}×{frames}), with one budget for all and nothing chosen on test clips. *States* are the true place and orientation of the
sprite; an oracle on states bounds what any model could learn from that view. *Pixels* go to logistic regression and a random forest
as {components} principal components, and to a small CNN. Of the set of frames the oracle on states is shown more than the set: the whole path,
forwards or backwards at random. *Pair* is the share of clips for which the class is preferred to the class of the same clip played
backwards (chance 50 %). Intervals are Wilson's, 95 %. *Limit* is the most that the view can give by the making of the benchmark; a
gate **holds** where so many right answers are not improbable at the limit (one-sided exact binomial test, Holm over the table's gates,
5 %). Where no limit stands, the row is no gate: it shows what the view does give, and the last view that the task can be solved.
"""


def document(
    rows: pd.DataFrame,
    independent: Mapping[str, Independence],
    command: str,
    source: str,
    sheets: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The whole page as Markdown, from the rows of `measure_gates` and the tests of independence.

    `sheets`: benchmark -> link to its contact sheet.
    """
    from workbench.gates.oracles import COMPONENTS

    first = rows.iloc[0]
    fields = DataSettings.model_fields | {
        f"background.{name}": field for name, field in Background.model_fields.items()
    }
    named = ("background.contrast", "background.motion", *DIFFICULTY)
    settings = "\n".join(f"| `data.{name}` | {fields[name].default} | {fields[name].description} |" for name in named)
    compositions = "\n".join(f"- `{name}`: {entry.title}" for name, entry in COMPOSITIONS.items())
    head = HEAD.format(
        command=command,
        rows=source,
        settings=settings,
        compositions=compositions,
        mixed=", ".join(f"{share:.0%} `{name}`" for name, share in MIXED.items()),
        mixed_sheet=_sheet("mixed", sheets),
        train=f"{first['train_clips']:,}",
        n=f"{first['n']:,}",
        size=first["size"],
        frames=first["frames"],
        components=COMPONENTS,
    )
    parts = [_benchmark(name, rows[rows["benchmark"] == name], found, sheets) for name, found in independent.items()]
    return head + "".join(parts)


def _sheet(name: str, sheets: Mapping[str, str]) -> str:
    """The contact sheet of a benchmark as a paragraph, nothing where there is none."""
    return f"\n![Clips of {name}: a row a class, a column a frame]({sheets[name]})\n" if name in sheets else ""


def _benchmark(name: str, rows: pd.DataFrame, independent: Independence, sheets: Mapping[str, str]) -> str:
    entry = BENCHMARKS[name]
    gates = rows[rows["limit"] < 1]
    broken = int((~gates["holds"]).sum())
    verdict = f"All {len(gates)} gates hold." if not broken else f"**{broken} of {len(gates)} gates do not hold.**"
    largest = independent.pairs.iloc[0]
    independence = (
        f"Factors: {len(independent.pairs)} pairs of factors of {independent.n:,} training clips. The largest mutual information "
        f"against its permutation null is that of {largest['a']} and {largest['b']}: {largest['information']:.4f} bits (mean of the "
        f"null {largest['null_mean']:.4f}, its 95 % point {largest['null_95']:.4f}); family-wise p = {independent.p:.2f}."
    )
    lines = [f"\n## {name}: {entry.title}\n", f"Stands for {entry.stands_for}. {entry.classes} classes. {verdict}\n"]
    lines += [independence + "\n", _table(rows, entry.classes)]
    return "\n".join(lines) + "\n" + _sheet(name, sheets)


def _table(rows: pd.DataFrame, classes: int) -> str:
    pair = (rows["task"] == "pair").any()
    header = ["seen", "input", "oracle", "accuracy %", "chance", "limit", "gate"] + (
        ["pair %", "limit", "gate"] if pair else []
    )
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    keys = ["target", "view", "input", "oracle"]
    for (target, view, kind, oracle), group in rows.groupby(keys, sort=False):
        of_class = group[group["task"] == "class"].iloc[0]
        seen = VIEWS[str(view)].title if target == "label" else f"{VIEWS[str(view)].title} → {target}"
        cells = [seen, str(kind), str(oracle), _share(of_class), f"{of_class['chance']:.1%}", *_gate(of_class)]
        if pair:
            of_pair = group[group["task"] == "pair"]
            cells += [_share(of_pair.iloc[0]), *_gate(of_pair.iloc[0])] if len(of_pair) else ["", "", ""]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _share(row: pd.Series) -> str:
    return f"{row['accuracy']:.1%} ({row['low']:.1%} to {row['high']:.1%})".replace("%", "").replace("  ", " ")


def _gate(row: pd.Series) -> list[str]:
    return [f"{row['limit']:.1%}", "holds" if row["holds"] else "**broken**"] if row["limit"] < 1 else ["", ""]
