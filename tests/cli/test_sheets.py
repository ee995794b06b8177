"""`workbench data sheet` and `shifts`: what is written, what is printed, and that the pages of docs/ are up to date."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.data.videos import pattern, write_video
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.sheets import shift_sheet
from workbench.data.shifts import SHIFTS, families
from workbench.data.shifts.document import shift_rows, shifts_document
from workbench.presets import build_config

DOCS = Path(__file__).parents[2] / "docs"
SMALL = ("--preset", "smoke", "--set", "data.train_clips=64", "--set", "data.val_clips=8", "--set", "data.test_clips=8")


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"))


def test_sheets_of_benchmarks_and_of_a_family_of_shifts_are_written(data, home):
    words = ("sheet", "temporal16", "mixed", *SMALL, "--shift", "noise", "--shift", "noise", "--write", str(home / "a"))
    status, out, _ = data(*words, "--json")
    written = [Path(path) for path in json.loads(out)]
    assert status == 0
    assert [path.name for path in written] == ["bench_temporal16.png", "bench_mixed.png", "shift_noise.png"]
    assert sorted(written) == sorted((home / "a").iterdir())
    changes = {"data": {"train_clips": 64, "val_clips": 8, "test_clips": 8}}
    settings = build_config(preset="smoke", changes=changes).data
    first = load_clips(settings, "train", "temporal16", progress=False).clips[0]
    shift_sheet(first, "noise", home / "expected.png")
    assert np.array_equal(pixels(written[2]), pixels(home / "expected.png"))
    before = [path.read_bytes() for path in written]
    status, out, _ = data(*words)
    assert out.split() == [str(path) for path in written]
    assert [path.read_bytes() for path in written] == before  # equal settings, equal files


def test_an_imported_set_has_a_sheet_with_its_classes(data, home):
    for number, kind in enumerate(("walk", "run", "walk", "run")):
        (home / "videos" / kind).mkdir(parents=True, exist_ok=True)
        write_video(home / "videos" / kind / f"{number}.mp4", pattern(8, 32, 32, seed=number))
    import_videos(home / "videos", "mine", val_share=0, test_share=0)
    status, out, _ = data("sheet", "mine", "--preset", "smoke", "--write", str(home))
    assert status == 0 and out.strip() == str(home / "bench_mine.png")
    assert len(pixels(out.strip())) > 2 * 96


def test_every_family_is_meant_by_all(data, home, monkeypatch):
    made = []
    monkeypatch.setattr("workbench.data.sheets.contact_sheet", lambda *given: made.append(given[2].name) or given[2])
    monkeypatch.setattr("workbench.data.shifts.apply_shift", lambda clips, *_: torch.from_numpy(np.array(clips)))
    status, _, _ = data("sheet", "temporal16", *SMALL, "--shift", "all")
    assert status == 0
    assert made == ["bench_temporal16.png", *(f"shift_{family}.png" for family in families())]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("temporal17",), "Unknown data set 'temporal17'. Did you mean 'temporal16'? Known: appearance100, mixed,"),
        (("motion48", "temporal17"), "Unknown data set 'temporal17'"),
        (
            ("motion48", "--shift", "noises"),
            "Unknown shift family 'noises'. Did you mean 'noise'? Known: all, appearance",
        ),
        (("motion48", "--shift", "gaussian"), "Unknown shift family 'gaussian'"),
        (("motion48", "--split", "tests"), "Unknown split 'tests'. Did you mean 'test'?"),
        (("motion48", "--preset", "qick"), "Unknown preset 'qick'"),
    ],
)
def test_an_unknown_name_lists_the_known_ones_before_anything_is_made(data, home, words, message):
    status, _, err = data("sheet", *words)
    assert status == 1 and err.startswith("Error: ") and message in err and "Traceback" not in err
    assert not (home / "data").exists()


def test_shifts_are_listed_with_levels_and_measure(data):
    _, out, _ = data("shifts", "--json")
    found = {entry["name"]: entry for entry in json.loads(out)}
    assert list(found) == list(SHIFTS)
    assert found["shake"]["measure"] == "displaced" and found["shake"]["direction"] == "rises"
    assert found["h264"]["levels"] == [24, 29, 34, 39, 44] and found["h264"]["direction"] == "falls"
    status, out, _ = data("shifts")
    assert status == 0 and "tubelet_shuffle" in out


def test_the_page_of_shifts_is_that_of_the_registry(data, home):
    page = (DOCS / "shifts.md").read_text(encoding="utf-8")
    assert page == shifts_document(), "docs/shifts.md is stale: workbench data shifts --write docs/shifts.md"
    assert all(f"| `{row['name']}` |" in page for row in shift_rows())
    assert data("shifts", "--write", str(home / "shifts.md"))[0] == 0
    assert (home / "shifts.md").read_text(encoding="utf-8") == page


PAGES = ["../README.md", "../CONTRIBUTING.md", "../reports/README.md", *sorted(path.name for path in DOCS.glob("*.md"))]


@pytest.mark.parametrize("name", PAGES)
def test_links_of_the_pages_lead_to_files(name):
    page = DOCS / name
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
    if name == "benchmarks.md":
        assert {f"images/bench_{benchmark}.png" for benchmark in BENCHMARKS} <= set(links)
