"""What the views show of a source, as plain dictionaries; static/views.js draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.report.numbers import p_value
from workbench.widgets.colours import SCALE, Colouring
from workbench.widgets.player import ClipCache, clip_webp, data_uri
from workbench.widgets.source import Source

TABLE_ROWS = 200
CARD_FACTS = 6
SUMMARY_ROWS = 12
START = "Click on a point to see its clip move.\nDrag around points to select them; scroll to zoom."


def legend_content(colours: Colouring, picked: set[int]) -> dict[str, Any]:
    """The legend of a colouring; `picked` are the classes whose clips are all of the selection."""
    scale = None
    if colours.bounds:
        scale = {"colours": list(SCALE), "low": colours.bounds[0], "high": colours.bounds[1]}
    entries = [{**vars(entry), "picked": entry.value in picked} for entry in colours.entries]
    shapes = [{"symbol": symbol, "name": name} for symbol, name in colours.shapes]
    return {
        "title": colours.column,
        "entries": entries,
        "scale": scale,
        "shape": colours.shape,
        "shapes": shapes,
        "note": colours.note,
    }


def clip_item(source: Source, row: int, cache: ClipCache) -> dict[str, Any]:
    """One clip: number, moving picture, and words for who cannot see it."""
    name = source.name(row)
    facts = ", ".join(f"{column} {source.word(column, row)}" for column in source.parts[:CARD_FACTS])
    number = int(source.ids[row])
    address = cache.get((source.clips_key, number), lambda: moving(source, row))
    return {"id": number, "name": name, "src": address, "alt": name + (f", {facts}" if facts else "")}


def clips_around(source: Source, row: int, cache: ClipCache, neighbours: int) -> None:
    """Make the moving pictures of a clip and its neighbours, so that they are there when it is looked at."""
    for one in (row, *source.nearest(row, neighbours)[0]):
        clip_item(source, int(one), cache)


def moving(source: Source, row: int) -> str:
    """The address of a point's moving picture; of a clip that cannot be read, an empty one: the page says so."""
    try:
        return data_uri(clip_webp(source.pixels(row)))
    except (OSError, ValueError, WorkbenchError):
        return ""


def clip_content(
    source: Source, row: int, cache: ClipCache, *, neighbours: int, position: str, can_back: bool
) -> dict[str, Any]:
    """The clip that is looked at, its factors, and its nearest neighbours with theirs."""
    rows, cosines = source.nearest(row, neighbours)
    same = {column: _same(source, column, row, rows) for column in source.discrete}
    return {
        "clip": clip_item(source, row, cache),
        "position": position,
        "can_back": can_back,
        "facts": [_fact(source, column, row, same[column], len(rows)) for column in source.discrete],
        "more": [{"name": column, "value": source.word(column, row)} for column in source.continuous],
        "predicted": [
            {
                "name": name,
                "value": source.word(name, row),
                "right": bool(source.table[name].iloc[row] == source.table[factor].iloc[row]),
            }
            for name, factor in source.predicted.items()
        ],
        "neighbours": [
            {
                **clip_item(source, int(other), cache),
                "similarity": f"{cosine:.3f}",
                "facts": [
                    {"name": column, "value": source.word(column, int(other)), "same": bool(same[column][i])}
                    for column in source.parts[:CARD_FACTS]
                ],
            }
            for i, (other, cosine) in enumerate(zip(rows, cosines, strict=True))
        ],
        "space": f"by cosine in the {source.features.shape[1]} standardised channels of {space_words(source)}",
    }


def table_content(source: Source, rows: Sequence[int]) -> dict[str, Any]:
    """The clips of a selection, the first `TABLE_ROWS` of them."""
    if not rows:
        return {
            "title": f"No {source.noun}s selected",
            "note": "Drag around points, or press a class of the legend.",
            "columns": [],
            "rows": [],
        }
    columns = [*source.discrete, *source.continuous, *source.predicted]
    cells = [[int(source.ids[row]), *(source.word(column, row) for column in columns)] for row in rows[:TABLE_ROWS]]
    title = f"{len(rows):,} {source.noun}{'s' if len(rows) > 1 else ''} selected of {len(source.ids):,}"
    cut = (
        f"the first {TABLE_ROWS} here, all in explorer.selection"
        if len(rows) > TABLE_ROWS
        else "as a DataFrame: explorer.selection"
    )
    return {"title": title, "note": cut, "columns": [source.noun, *columns], "rows": cells}


def summary_content(source: Source, rows: Sequence[int]) -> dict[str, Any]:
    """Which values of which factors are more frequent in a selection than in the rest."""
    from workbench.exploring.selection import over_represented

    if not rows:
        return {}
    columns = [*source.discrete, *(name for name in source.table if name in source.predicted)]
    found = over_represented(source.table, np.asarray(rows), columns)
    if found.empty:
        return {"title": "Over-represented", "note": found.attrs.get("note", "Nothing is."), "rows": []}
    first = found.head(SUMMARY_ROWS)
    lines: list[dict[str, str]] = [
        {
            "column": str(line.column),
            "value": source.words(str(line.column), line.value),
            "count": f"{line.count} of {len(rows):,}",
            "share": f"{line.share:.0%}",
            "rest": f"{line.rest:.0%}",
            "ratio": f"{ratio:.1f}×" if np.isfinite(ratio) else "–",
            "p": p_value(p),
        }
        for line, ratio, p in zip(first.itertuples(), first["ratio"].tolist(), first["p_holm"].tolist(), strict=True)
    ]
    note = "Share in the selection and in the rest; p by Fisher's exact test, after Holm over all values. The selection was drawn by eye: p says how uneven it is, not why."
    return {"title": "Over-represented in the selection", "note": note, "rows": lines}


def space_words(source: Source) -> str:
    """The space of a source in words."""
    encoder = f"the {source.encoder} encoder" if source.encoder else "the encoder"
    return encoder if source.space == "pooled" else f"{source.space} of {encoder}"


def _same(source: Source, column: str, row: int, others: np.ndarray) -> np.ndarray:
    values = source.table[column].to_numpy()
    return np.asarray(values[others] == values[row])


def _fact(source: Source, column: str, row: int, same: np.ndarray, neighbours: int) -> dict[str, Any]:
    """A factor's value, how many neighbours share it, and how many of as many random clips would."""
    values = source.table[column].to_numpy()
    others = max(len(values) - 1, 1)
    expected = neighbours * (int((values == values[row]).sum()) - 1) / others
    return {
        "name": column,
        "value": source.word(column, row),
        "alike": int(same.sum()) if neighbours else None,
        "chance": f"{expected:.1f}",
    }
