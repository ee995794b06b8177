"""`docs/shifts.md`: every domain shift with its levels and its measure, from the registries."""

from __future__ import annotations

from typing import Any

from workbench.data.shifts.base import SEVERITIES, SHIFTS, families
from workbench.data.shifts.measures import MEASURES
from workbench.data.text_shifts import TEXT_SHIFTS

COMMAND = "workbench data shifts --write docs/shifts.md"
SHEETS = "workbench data sheet motion48 temporal16 appearance100 mixed --preset quick --shift all --write docs/images"
HEAD = """# Domain shifts

Written by `{command}` from the registries; do not edit by hand. The sheets are written by
`{sheets}`.

A shift changes clips at severity 1 to {most}; what happens to a clip depends on its id, its pixels, the shift and the seed, not on its
batch. It applies to clips of any source, uint8 (n, T, H, W, 3):

```python
from workbench.data.clips import load_clips
from workbench.data.shifts import apply_shift, measure
from workbench.presets import build_config

clips = load_clips(build_config(preset="quick").data, "test", "motion48")
moved = apply_shift(clips.clips[:64], "shake", severity=3, seed=0, ids=clips.table["clip"][:64])
print(measure("shake", clips.clips[:64], moved))
```

`shifted(clips, "shake", 3)` gives a whole set batch by batch. `replace_background` puts another background behind sprites of known
opacity (`render.sprite_alpha`). `video_background` needs the extra `natural` (`pip install -e '.[natural]'`) or a folder of videos
in `$WORKBENCH_BACKGROUNDS`.

Each shift has a measure that is strictly monotone in the severity; a test holds it on clips of the benchmarks, on videos and on the camera footage
of the extra. The levels 1 to {most} are in the unit that the second column ends with.

{measures}
"""
TEXT = """
## Captions

`shift_captions(captions, NAME, severity)` of `workbench.data.text_shifts`. The measure is the share of the text that changes; it rises
with the severity on the mean over captions. Levels are shares of the letters and digits (`characters`), of the words (`drop`, `swap`), of the
phrases and words of factors (`paraphrase`).

"""


def shift_rows() -> list[dict[str, Any]]:
    """One dictionary a shift of clips: name, family, what, levels (by severity), measure, and whether that rises or falls."""
    return [
        {
            "name": name,
            "family": shift.family,
            "what": shift.title,
            "levels": list(shift.levels),
            "measure": shift.measure,
            "direction": "rises" if MEASURES[shift.measure].rises else "falls",
        }
        for name, shift in SHIFTS.items()
    ]


def shifts_document() -> str:
    """The whole page as Markdown; sheets are linked as `images/shift_<family>.png` beside it."""
    measures = "\n".join(f"- `{name}`: {entry.title}{_unit(entry.unit)}" for name, entry in MEASURES.items())
    head = HEAD.format(command=COMMAND, sheets=SHEETS, most=max(SEVERITIES), measures=measures)
    return head + "".join(_family(family) for family in families()) + TEXT + _captions()


def _unit(unit: str) -> str:
    return f", in {unit}" if unit else ""


def _family(family: str) -> str:
    columns = ["shift", "what; level", *map(str, SEVERITIES), "measure"]
    lines = [f"\n## {family}\n", _row(columns), "|" + "---|" * len(columns)]
    for row in shift_rows():
        if row["family"] == family:
            levels = [f"{level:g}" for level in row["levels"]]
            lines.append(_row([f"`{row['name']}`", row["what"], *levels, f"{row['measure']} {row['direction']}"]))
    picture = f"![Shifts of the family '{family}' on one clip, clean and at severity 1 to 5](images/shift_{family}.png)"
    return "\n".join([*lines, "", picture]) + "\n"


def _captions() -> str:
    columns = ["shift", "what", *map(str, SEVERITIES)]
    rows = [
        _row([f"`{name}`", shift.title, *(f"{share:g}" for share in shift.shares)])
        for name, shift in TEXT_SHIFTS.items()
    ]
    return "\n".join([_row(columns), "|" + "---|" * len(columns), *rows]) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
