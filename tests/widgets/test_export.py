"""The exported page: its clips, its words escaped, nothing half-written. tests/browser clicks on it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from tests.widgets.planted import planted_explorer, planted_source
from workbench.errors import WorkbenchError
from workbench.widgets import export
from workbench.widgets.colours import colouring
from workbench.widgets.export import export_page


def data_of(page: Path) -> dict:
    text = page.read_text()
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.S)[1])


def test_the_page_has_every_shown_point_and_its_clip(tmp_path: Path) -> None:
    explorer = planted_explorer()
    explorer.filter(group=["left", "<i>up</i>"])
    explorer.export(tmp_path / "view.html")
    assert "Written" in explorer.message
    data = data_of(tmp_path / "view.html")
    assert len(data["clips"]) == 20 and data["clips"]["1"]["name"] == "Clip 102"
    assert (
        data["clips"]["1"]["src"].startswith("data:image/webp")
        and ["group", "<i>up</i>"] in data["clips"]["1"]["facts"]
    )
    assert len(data["figure"]["data"][0]["text"]) == 20


def test_a_caption_cannot_end_the_script(tmp_path: Path) -> None:
    names = ["left", "right", "</script><script>alert(1)</script>", "down"]
    source = planted_source(class_names={"group": names})
    explorer = planted_explorer(class_names={"group": names})
    explorer.export(tmp_path / "view.html")
    assert "alert(1)</script>" not in (tmp_path / "view.html").read_text()
    assert ["group", source.word("group", 2)] in data_of(tmp_path / "view.html")["clips"]["2"]["facts"]


def test_of_many_points_some_carry_clips_the_selected_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_CLIPS", 5)
    source = planted_source()
    coordinates = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    export_page(tmp_path / "v.html", source, coordinates, colouring(source, "group"), ("a", "b"), chosen=[38, 39])
    clips = data_of(tmp_path / "v.html")["clips"]
    assert len(clips) == 5 and {"38", "39"} <= clips.keys()
    assert "Of 40 points 5 carry their clips" in (tmp_path / "v.html").read_text()
    monkeypatch.setattr(export, "MOST_POINTS", 20)
    export_page(tmp_path / "v.html", source, coordinates, colouring(source, "group"), ("a", "b"))
    said = (tmp_path / "v.html").read_text()
    assert "Drawn are 20 of 40 points, evenly. Of 20 points 5 carry their clips." in said


def test_nothing_drawn_and_a_wrong_name_are_said(tmp_path: Path) -> None:
    explorer = planted_explorer()
    explorer.export(tmp_path / "view.pdf")
    assert "ends with .html" in explorer.message
    source = planted_source()
    with pytest.raises(WorkbenchError, match="No point is shown"):
        export_page(tmp_path / "x.html", source, np.full((40, 2), np.nan), colouring(source, "group"), ("a", "b"))
    assert not list(tmp_path.glob("*.html"))


def test_the_figure_alone() -> None:
    figure = planted_explorer().figure
    assert len(figure.data[0].x) == 40 and "of the variance" in figure.layout.xaxis.title.text
