"""The retriever on real encoders of the smoke preset, and the notebook that opens it."""

from __future__ import annotations

from pathlib import Path

import jupytext

from workbench.encoders import open_encoder
from workbench.presets import build_config
from workbench.training.train import train
from workbench.widgets import Retriever
from workbench.widgets import retriever as open_retriever
from workbench.widgets.search import BEST

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_a_run_with_captions_brings_its_head_and_others_get_one():
    changes = {"data": {"train_clips": 48}, "optim": {"steps": 3}, "runtime": {"device": "cpu"}}
    for variant, name in (("baseline+infonce=0.3", "tied"), ("baseline", "bare")):
        train(build_config(variant, "smoke", changes=changes), name=name, show=False)
    retriever = open_retriever("tied", "bare")
    assert retriever.ranks["model"].tolist() == ["tied", "bare"]
    assert [found.head for found in retriever.found] == [
        "own, infonce",
        "fitted on the frozen encoder, infonce, 3 steps",
    ]
    fitted = open_retriever("tied", head="fitted", benchmark="temporal16")
    assert fitted.found == [] and fitted.best["model"].eq("tied").all() and fitted.found[0].head.startswith("fitted")
    assert fitted.search.pool.clips.name == "temporal16"
    larger = open_encoder("random", preset="smoke", changes={"data": {"size": 32}})
    for encoders, head, said in (
        (["bare"], "own", "trained without captions"),
        (["tied", larger], None, "takes (8, 32, 32)"),
    ):
        retriever = open_retriever(*encoders, head=head)
        retriever.open()
        assert said in retriever.message and retriever.status.content["level"] == "problem"


def test_both_forms_of_the_notebook_are_the_same_and_hold_no_outputs():
    script, notebook = (jupytext.read(NOTEBOOKS / f"retrieve.{form}") for form in ("py", "ipynb"))
    cells = [[(cell.cell_type, cell.source) for cell in form.cells] for form in (script, notebook)]
    assert cells[0] == cells[1] and len(cells[0]) >= 5
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_notebook_runs_with_heads_that_it_fits():
    """On encoders of the smoke preset, drawn at random: the real path, with 100 clips."""
    cells = [cell.source for cell in jupytext.read(NOTEBOOKS / "retrieve.py").cells if cell.cell_type == "code"]
    names = '"baseline-standard-s0", "random-standard-s0"'
    assert sum(names in cell for cell in cells) == 1
    space: dict[str, object] = {}
    exec("\n".join(cells).replace(names, '"random-smoke-s0", "random-smoke-s1"'), space)
    retriever = space["retriever"]
    assert isinstance(retriever, Retriever)
    assert set(retriever.best["model"]) == {"random-smoke-s0", "random-smoke-s1"} and len(retriever.best) == 2 * BEST
    assert retriever.ranks["rank"].between(1, 100).all() and len(retriever.words) > 2
    assert all(found.head.startswith("fitted on the frozen encoder") for found in retriever.found)
    retriever.shift("gaussian", 3)
    assert retriever.ranks["clean"].notna().all() and retriever.status.content["level"] == "info"
