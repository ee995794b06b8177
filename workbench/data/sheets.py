"""Contact sheets: clips as rows of frames in one PNG, to be looked at."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import UnknownName, WorkbenchError
from workbench.files import whole_file

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    from workbench.config import DataSettings
    from workbench.data.clips import ClipSet

ALL = "all"  # stands for every family of shifts
FRAMES = 8  # a row has at most so many, evenly over the clip
FRAME_PIXELS = 96  # frames are enlarged by the whole number that comes nearest to this width
TEXT_PIXELS, HEADING_PIXELS, GAP = 14, 18, 4
PAPER, INK = (255, 255, 255), (20, 20, 20)


def contact_sheet(clips: np.ndarray, titles: Sequence[str], path: Path, heading: str = "") -> Path:
    """Write a PNG, whole or not at all: a row a clip with its title on the left, a column a frame; `heading` on top.

    `clips` is uint8 (n, T, H, W, 3). Frames are enlarged by a whole number, pixel by pixel.
    """
    from PIL import Image
    from PIL.ImageDraw import Draw

    if clips.dtype != np.uint8 or clips.ndim != 5 or clips.shape[-1] != 3 or not 0 < len(clips) == len(titles):
        found = f"{clips.dtype} {clips.shape} and {len(titles)} titles"
        raise WorkbenchError(
            f"{path}: a sheet is made of clips uint8 (n, T, H, W, 3) and a title for each, not of {found}."
        )
    shown = clips[:, np.unique(np.linspace(0, clips.shape[1] - 1, FRAMES).round().astype(int))]
    scale = max(round(FRAME_PIXELS / shown.shape[3]), 1)
    shown = shown.repeat(scale, axis=2).repeat(scale, axis=3)
    height, width = shown.shape[2:4]
    font, large = _font(TEXT_PIXELS), _font(HEADING_PIXELS)
    ruler = Draw(Image.new("RGB", (1, 1)))
    margin = max(_extent(ruler, title, font)[0] for title in titles) + 3 * GAP
    top = _extent(ruler, heading, large)[1] + 4 * GAP if heading else GAP
    row = max(height, max(_extent(ruler, title, font)[1] for title in titles)) + GAP
    across = max(margin + shown.shape[1] * (width + GAP), _extent(ruler, heading, large)[0] + 4 * GAP)
    sheet = Image.new("RGB", (across, top + len(clips) * row), PAPER)
    pen = Draw(sheet)
    pen.multiline_text((2 * GAP, 2 * GAP), heading, INK, large)
    for number, (clip, title) in enumerate(zip(shown, titles, strict=True)):
        pen.multiline_text((2 * GAP, top + number * row), title, INK, font)
        for column, frame in enumerate(clip):
            sheet.paste(Image.fromarray(frame), (margin + column * (width + GAP), top + number * row))
    with whole_file(path) as temporary:
        sheet.save(temporary, "png", optimize=True)
    return path


def benchmark_sheet(clips: ClipSet, path: Path, rows: int = 16) -> Path:
    """Sheet of the first clip of each of `rows` classes, evenly over the classes, with their names."""
    labels = clips.table["label"].to_numpy()
    present, first = np.unique(labels, return_index=True)
    picked = np.unique(np.linspace(0, len(present) - 1, rows).round().astype(int))
    names = clips.class_names["label"]
    titles = [_folded(names[label]) for label in present[picked]]
    chosen = np.stack([clips.clips[index] for index in first[picked]])
    return contact_sheet(chosen, titles, path, f"{clips.name}, {clips.split}: {len(picked)} of {len(present)} classes")


def shift_sheet(clip: np.ndarray, family: str, path: Path, seed: int = 0) -> Path:
    """Sheet of all shifts of a family on one clip, uint8 (T, H, W, 3): clean, then severity 1 to 5 of each with its measure."""
    from workbench.data.shifts import MEASURES, SEVERITIES, SHIFTS, apply_shift, families, measure

    if family not in families():
        raise UnknownName("shift family", family, families())
    rows, titles, clean = [clip], ["clean"], clip[None]
    for name in families()[family]:
        unit = MEASURES[SHIFTS[name].measure]
        for severity in SEVERITIES:
            done = apply_shift(clean, name, severity, seed)
            value = measure(name, clean, done)
            rows.append(done[0].numpy())
            titles.append(f"{_folded(name)} {severity}\n{SHIFTS[name].measure} {value:.3g} {unit.unit}".rstrip())
    return contact_sheet(np.stack(rows), titles, path, f"Shifts of the family '{family}'")


def write_sheets(
    sources: Sequence[str],
    data: DataSettings,
    folder: Path,
    split: str = "train",
    shifts: Sequence[str] = (),
    progress: bool = True,
) -> list[Path]:
    """Write `bench_<source>.png` for each benchmark or imported set, and `shift_<family>.png` for each family of `shifts`.

    The shifts are shown on the first clip of the first source. Unknown names raise before anything is rendered.
    """
    from workbench.data.clips import check_source, load_clips

    wanted = _families(shifts)
    for source in sources:
        check_source(source)
    if not sources:
        raise WorkbenchError("A sheet shows clips. Name the benchmark or imported data set that they are taken from.")
    sets = [load_clips(data, split, source, progress) for source in dict.fromkeys(sources)]
    written = [benchmark_sheet(clips, folder / f"bench_{clips.name}.png") for clips in sets]
    first = sets[0].clips[0]
    return written + [shift_sheet(first, family, folder / f"shift_{family}.png") for family in wanted]


def _families(named: Sequence[str]) -> list[str]:
    """The families of shifts that are named, each once, in the order of the registry."""
    from workbench.data.shifts import families

    for name in named:
        if name not in families() and name != ALL:
            raise UnknownName("shift family", name, [*families(), ALL])
    return [family for family in families() if family in named or ALL in named]


def _font(size: int) -> FreeTypeFont | ImageFont:
    from PIL.ImageFont import load_default

    return load_default(size)


def _extent(ruler: ImageDraw, text: str, font: FreeTypeFont | ImageFont) -> tuple[int, int]:
    """Width and height of a text in pixels."""
    _, _, right, bottom = ruler.multiline_textbbox((0, 0), text, font=font)
    return round(right), round(bottom)


def _folded(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 22))
