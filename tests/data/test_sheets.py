"""Contact sheets: every pixel where it belongs, titles beside them, a file whole or not there."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from workbench.data.clips import ClipSet
from workbench.data.sheets import benchmark_sheet, contact_sheet, shift_sheet
from workbench.data.shifts import SHIFTS
from workbench.errors import UnknownName, WorkbenchError


def clips(n, frames=8, height=12, width=24):
    return np.random.default_rng(0).integers(0, 256, (n, frames, height, width, 3), dtype=np.uint8)


def frames_of(path, rows, clip):
    """The frames of a sheet cut back out of it, found by the first row's first frame."""
    sheet = np.asarray(Image.open(path))
    scale = round(96 / clip.shape[2])
    wanted = clip[0].repeat(scale, 0).repeat(scale, 1)
    height, width = wanted.shape[:2]
    lines = np.lib.stride_tricks.sliding_window_view(sheet[..., 0], width, axis=1)
    top, left = np.argwhere((lines == wanted[0, :, 0]).all(-1))[0]
    rows_at = [top + number * (height + 4) for number in range(rows)]
    return [[sheet[y : y + height, left + x * (width + 4) :][:, :width] for x in range(len(clip))] for y in rows_at]


def test_every_frame_is_there_enlarged_by_a_whole_number(tmp_path):
    given = clips(3, height=16)
    path = contact_sheet(given, ["one", "two", "a longer title"], tmp_path / "new" / "sheet.png", "Three clips")
    for clip, row in zip(given, frames_of(path, 3, given[0]), strict=True):
        for frame, seen in zip(clip, row, strict=True):
            assert np.array_equal(frame.repeat(4, 0).repeat(4, 1), seen)


def test_titles_and_heading_are_written(tmp_path):
    def ink(titles, heading):
        sheet = Image.open(contact_sheet(np.full((2, 4, 8, 8, 3), 255, np.uint8), titles, tmp_path / "a.png", heading))
        return (np.asarray(sheet) < 100).all(-1)

    assert ink(["", ""], "").sum() == 0
    first, second, top = ink(["title", ""], ""), ink(["", "title"], ""), ink(["", ""], "title")
    assert min(first.sum(), second.sum(), top.sum()) > 50
    assert np.argwhere(first)[:, 0].max() < np.argwhere(second)[:, 0].min()
    assert np.argwhere(first)[:, 1].max() < first.shape[1] - 4 * 100  # left of the frames


def test_a_long_clip_shows_eight_frames_over_its_length(tmp_path):
    given = clips(1, frames=30)
    (row,) = frames_of(contact_sheet(given, [""], tmp_path / "a.png"), 1, given[0][[0, 4, 8, 12, 17, 21, 25, 29]])
    assert np.array_equal(row[-1], given[0][29].repeat(4, 0).repeat(4, 1))


def test_what_is_no_set_of_clips_is_refused_and_nothing_is_written(tmp_path):
    for given, titles in ((clips(2), ["a"]), (clips(1)[0], ["a"]), (clips(1) / 255, ["a"]), (clips(1)[:0], [])):
        with pytest.raises(WorkbenchError, match=r"sheet.png: a sheet is made of clips uint8 \(n, T, H, W, 3\)"):
            contact_sheet(given, titles, tmp_path / "sheet.png")
    with pytest.raises(AttributeError):
        contact_sheet(clips(1), [None], tmp_path / "sheet.png")
    assert list(tmp_path.iterdir()) == []


def test_the_sheet_of_a_benchmark_has_one_clip_a_class(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr("workbench.data.sheets.contact_sheet", lambda *given: made.append(given) or given[2])
    given, labels = clips(12), [3, 0, 1, 2, 3, 0, 4, 5, 5, 4, 1, 2]
    names = {"label": ["nought", "one", "two", "three", "four", "a name of many words that has to be folded"]}
    table = pd.DataFrame({"clip": range(12), "label": labels})
    found = ClipSet("made", "val", given, table, {"label": 6}, names, "key", pd.DataFrame())
    benchmark_sheet(found, tmp_path / "a.png")
    benchmark_sheet(found, tmp_path / "b.png", rows=3)
    (whole, titles, _, heading), (part, few, _, short) = made
    assert np.array_equal(whole, given[[1, 2, 3, 0, 6, 7]]) and titles[:2] == ["nought", "one"]
    assert titles[5].split() == names["label"][5].split() and "\n" in titles[5]
    assert heading == "made, val: 6 of 6 classes" and short == "made, val: 3 of 6 classes"
    assert few[0] == "nought" and np.array_equal(part, given[[1, 3, 7]])


def test_the_sheet_of_a_family_shows_the_clip_clean_and_at_every_severity(tmp_path):
    clip = clips(1, frames=5, height=24)[0]
    path = shift_sheet(clip, "temporal", tmp_path / "temporal.png")
    rows = frames_of(path, 26, clip)
    members = [name for name, shift in SHIFTS.items() if shift.family == "temporal"]
    enlarged = clip.repeat(4, 1).repeat(4, 2)
    assert np.array_equal(np.stack(rows[0]), enlarged)
    reverse = rows[5 * members.index("reverse") + 5]
    assert np.array_equal(np.stack(reverse), enlarged[::-1])
    with pytest.raises(UnknownName, match=r"shift family 'noises'.*Did you mean 'noise'"):
        shift_sheet(clip, "noises", tmp_path / "b.png")
