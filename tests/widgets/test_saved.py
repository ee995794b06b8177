"""Views on disk: they come back after the explorer is gone, and what is no view says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.widgets.planted import PlantedCatalogue, planted_explorer, planted_source
from workbench.errors import UnknownName, WorkbenchError
from workbench.widgets.explorer import Explorer
from workbench.widgets.saved import read_view, view_names, view_path, write_view

pytestmark = pytest.mark.usefixtures("home")


def explorer_with(view: str | Path) -> Explorer:
    catalogue = PlantedCatalogue(planted={"planted": planted_source}, other={"planted": planted_source})
    explorer = Explorer(catalogue, view=view)  # type: ignore[arg-type]
    explorer.open()
    return explorer


def test_a_kept_view_is_there_again_in_another_explorer() -> None:
    first = explorer_with("mine")
    first.controls.run.value = "other"
    first.controls.colour.value = "size"
    first.look(107)
    first.select([101, 107])
    first.filter(group=["right", "down"])
    again = explorer_with("mine")
    assert again.state() == first.state()
    assert again.clip == 107 and again.filters.state == {"group": ["right", "down"]} and view_names() == ["mine"]


def test_a_view_travels_by_file(tmp_path: Path) -> None:
    explorer = planted_explorer()
    explorer.look(103)
    explorer.save(tmp_path / "sent.json")
    assert "is saved in" in explorer.message
    other = planted_explorer()
    other.load(str(tmp_path / "sent.json"))
    assert other.clip == 103


def test_what_is_asked_for_goes_before_what_was_kept() -> None:
    explorer_with("mine").look(103)
    catalogue = PlantedCatalogue(planted={"planted": planted_source}, other={"planted": planted_source})
    explorer = Explorer(catalogue, run="other", view="mine")  # type: ignore[arg-type]
    explorer.open()
    assert explorer.controls.run.value == "other" and explorer.clip == 103


def test_what_is_no_view_says_so(tmp_path: Path) -> None:
    write_view("known", {"format": 2})
    with pytest.raises(UnknownName, match=r"Unknown view 'nkown'\. Did you mean 'known'"):
        read_view("nkown")
    with pytest.raises(WorkbenchError, match="There is no file"):
        read_view(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(WorkbenchError, match=r"broken.json cannot be read as a view"):
        read_view(broken)
    broken.write_text("[1]")
    with pytest.raises(WorkbenchError, match="is no view"):
        read_view(broken)
    broken.write_text('{"format": 1}')
    with pytest.raises(WorkbenchError, match="format 1; this version reads format 2"):
        read_view(broken)
    with pytest.raises(WorkbenchError, match="no name of a view"):
        view_path("../up")
    explorer = planted_explorer()
    explorer.load("nowhere")
    assert "Unknown view 'nowhere'" in explorer.message
