"""Zero-shot classification by prompts: what they state, and a model that hears one factor."""

from __future__ import annotations

import numpy as np
import pytest

from tests.data.readers.sets import msrvtt
from workbench.config import DataSettings
from workbench.data.captions import prompts_for
from workbench.data.grammar import parse
from workbench.data.imports import import_videos
from workbench.data.motions import motion_pairs
from workbench.presets import build_config
from workbench.retrieval.pool import retrieval_pool
from workbench.retrieval.prompts import class_answers, class_prompts
from workbench.retrieval.retrieve import retrieve
from workbench.training.train import train

SMALL = DataSettings(source="mixed", train_clips=8, val_clips=4, test_clips=40, size=16, frames=8)


def test_a_prompt_states_its_factor_and_no_other():
    for stated in ({"colour": 2}, {"texture": 7}, {"event": 9}, {"first": 0, "second": 3}):
        prompts = prompts_for(stated, 5)
        assert len(set(prompts)) == 5 and all(parse(text) == stated for text in prompts)
        assert prompts == prompts_for(stated, 5) != prompts_for(stated, 5, seed=1)


def test_every_class_has_prompts_of_its_own(home):
    pool = retrieval_pool(SMALL, "motion48")
    for factor, classes in (("colour", 8), ("sprite", 10), ("motion", 48)):
        prompts = class_prompts(pool, factor)
        assert len(prompts) == classes and len({text for each in prompts for text in each}) == sum(map(len, prompts))
    assert parse(class_prompts(pool, "motion")[5][0]) == dict(zip(("first", "second"), motion_pairs()[5], strict=True))


def test_a_model_that_hears_colours_classifies_them_and_nothing_else(home):
    pool = retrieval_pool(SMALL, "mixed")
    colours = pool.clips.table["colour"].to_numpy()

    def embed(texts):
        said = [parse(text).get("colour") for text in texts]
        return np.stack([np.eye(9)[8 if colour is None else colour] for colour in said])

    rows = {one.factor: one.row() for one in class_answers(pool, np.eye(9)[colours], embed)}
    assert set(rows) == {"sprite", "colour", "size", "texture", "event", "motion"}
    assert rows["colour"]["value"] == 100 and rows["colour"]["n"] == 40
    for factor, row in rows.items():
        if factor != "colour":
            assert row["value"] == pytest.approx(row["chance"]), factor
    table = pool.clips.table
    assert (
        rows["motion"]["n"] == (table["motion"] >= 0).sum() < 40 and rows["event"]["n"] == (table["event"] >= 0).sum()
    )


def test_msrvtt_goes_the_whole_way_from_its_files(home, tmp_path):
    """Import by 1k-A, train with its captions, retrieve; a video that is gone stands on neither side."""
    root = msrvtt(tmp_path)
    (root / "videos" / "all" / "video18.mp4").unlink()
    import_videos(root, "msrvtt", protocol="1k-A", skip_missing=True)
    changes = {"data": {"frames": 4, "size": 16}, "optim": {"steps": 2, "batch": 8}, "runtime": {"device": "cpu"}}
    run = train(build_config("baseline+infonce", "smoke", data="msrvtt", changes=changes), name="msrvtt", show=False)
    rows = retrieve(run.name, show=False).set_index(["direction", "metric"])
    assert set(rows["benchmark"]) == {"msrvtt"}
    for direction in ("text→video", "video→text"):
        first = rows.loc[direction, "R@1"]
        assert (first["n"], first["pool"]) == (3, 3) and first["chance"] == pytest.approx(100 / 3)
    assert rows.loc["video→text", "zero-shot"]["pool"] == 20
