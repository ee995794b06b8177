"""What the comparer's clip panel shows of the clip that is looked at, as plain dictionaries; static/compare.js draws them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from workbench.comparing.neighbours import Neighbourhoods
from workbench.report.numbers import listed
from workbench.widgets.compare_source import LETTERS, Compared
from workbench.widgets.content import clip_content
from workbench.widgets.player import ClipCache

START = "Click on a point in any map to see its clip move, with its nearest clips in each model.\nDrag around points to select them in all maps; scroll to zoom."


def side_by_side(
    compared: Compared,
    near: Neighbourhoods,
    row: int,
    cache: ClipCache,
    *,
    neighbours: int,
    position: str,
    can_back: bool,
) -> dict[str, Any]:
    """The clip, its factors, and its nearest clips in each model, those that another model has too marked with its letter."""
    options: dict[str, Any] = {"neighbours": neighbours, "position": position, "can_back": can_back}
    each = [clip_content(source, row, cache, **options) for source in compared.sources]
    found = [{other["id"] for other in one["neighbours"]} for one in each]
    source = compared.sources[0]
    models = []
    for i, (model, one) in enumerate(zip(compared.models, each, strict=True)):
        items = [
            {
                **other,
                "row": source.row(other["id"]),
                "also": ", ".join(LETTERS[j] for j, ids in enumerate(found) if j != i and other["id"] in ids),
            }
            for other in one["neighbours"]
        ]
        models.append({"letter": LETTERS[i], "name": model.name, "neighbours": items})
    facts = [
        {
            "name": same[0]["name"],
            "value": same[0]["value"],
            "alike": [one["alike"] for one in same],
            "chance": same[0]["chance"],
        }
        for same in zip(*(one["facts"] for one in each), strict=True)
    ]
    return {
        "clip": {**each[0]["clip"], "row": row},
        "position": position,
        "can_back": can_back,
        "facts": facts,
        "count": len(each[0]["neighbours"]),
        "overlap": [_overlap(near, row, a, b) for a, b in combinations(range(len(models)), 2)],
        "models": models,
    }


def _overlap(near: Neighbourhoods, row: int, a: int, b: int) -> str:
    """How many of the neighbours two models have in common, and how far away the others are."""
    common = len({*near.nearest[a, row]} & {*near.nearest[b, row]})
    names = listed((LETTERS[a], LETTERS[b]))
    return (
        f"{names} have {common} of their {near.k} nearest clips in common (overlap {near.overlap(a, b)[row]:.2f}). Those of {LETTERS[a]} stand on "
        f"average at place {near.places[a, b, row]:,.0f} in {LETTERS[b]}, those of {LETTERS[b]} at place {near.places[b, a, row]:,.0f} in {LETTERS[a]}, "
        f"of {near.n - 1:,}."
    )
