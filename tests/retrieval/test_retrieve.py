"""Retrieval by encoders: the pool, settings, words, and the whole path from a run to kept rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.data.readers.test_captioned import own
from tests.data.videos import pattern, write_video
from workbench.data.captions import describes
from workbench.data.imports import import_videos
from workbench.data.kinds import KINDS
from workbench.data.shifts import SHIFTS
from workbench.data.text_shifts import TEXT_SHIFTS
from workbench.encoders import open_encoder
from workbench.errors import UnknownName, WorkbenchError
from workbench.presets import build_config
from workbench.retrieval.answers import Answers
from workbench.retrieval.pool import retrieval_pool
from workbench.retrieval.ranks import ranks
from workbench.retrieval.retrieve import retrieve
from workbench.retrieval.robustness import answers_robustness, robustness, robustness_rows
from workbench.retrieval.scores import MatrixScores
from workbench.retrieval.settings import Setting, settings_of
from workbench.retrieval.truth import Truth
from workbench.retrieval.words import word_answers
from workbench.training.train import train

SMALL = {"data": {"train_clips": 48, "source": "mixed"}, "optim": {"steps": 3}, "runtime": {"device": "cpu"}}


@pytest.fixture(scope="module")
def module_home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("retrieval")
        patch.setenv("WORKBENCH_HOME", str(home))
        yield home


@pytest.fixture(scope="module")
def run(module_home):
    return train(build_config("baseline+infonce=0.3", "smoke", changes=SMALL), name="tied", show=False)


@pytest.fixture(autouse=True)
def at_home(home, module_home, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(module_home))


@pytest.fixture(scope="module")
def pool(module_home):
    return retrieval_pool(build_config("baseline", "smoke", changes=SMALL).data, "mixed", most=60)


def test_the_pool_holds_the_first_clips_with_all_their_captions(pool):
    assert len(pool.clips) == 60 and len(pool.captions) == 300 and pool.note == ""
    assert pool.captions["row"].tolist() == np.repeat(np.arange(60), 5).tolist()
    truth = np.zeros((300, 60), dtype=bool)
    truth[pool.truth.rows, pool.truth.columns] = True
    assert np.array_equal(truth, describes(pool.captions, pool.clips.table))
    assert pool.truth.source.tolist() == pool.captions["row"].tolist()
    assert pool.first["caption"].tolist() == pool.captions["caption"][::5].tolist()


def test_what_has_no_counterpart_stands_on_neither_side_and_is_counted(module_home, tmp_path):
    for n in range(9):
        write_video(tmp_path / "videos" / f"v{n}.mp4", pattern(8, seed=n))
    import_videos(own(tmp_path / "videos", [{"video_id": f"v{n}"} for n in range(9)]), "mine", test_share=0.7)
    data = build_config("baseline", "smoke", data="mine").data
    whole = retrieval_pool(data, "mine")
    captions = pd.read_parquet(module_home / "data" / "mine" / "captions.parquet")
    (tmp_path / "videos" / whole.clips.table["path"][0].rpartition("/")[2]).write_bytes(b"broken")
    bare = whole.clips.table["clip"][2]
    captions[(captions["clip"] != bare) | (captions["split"] != "test")].to_parquet(
        module_home / "data" / "mine" / "captions.parquet"
    )
    left = retrieval_pool(data.model_copy(update={"max_bad_share": 0.9}), "mine")
    assert len(left.clips) == len(whole.clips) - 2 and left.captions["row"].tolist() == list(range(len(left.clips)))
    assert "1 caption left out, with no clip that can be read" in left.note
    assert "1 clip left out, with no caption" in left.note and ".mp4" in left.note
    for row, caption in zip(left.captions["row"], left.captions["caption"], strict=True):
        assert caption.split()[-1] in left.clips.table["path"][row]


def test_settings_are_named_one_by_one_by_family_or_all():
    assert settings_of([], [1], 8, True) == [Setting()]
    every = settings_of(["all"], [1, 3], 8, True)
    assert len(every) == 1 + 2 * (len(SHIFTS) + len(TEXT_SHIFTS)) and len(set(every)) == len(every)
    assert settings_of(["noise", "shot"], [2], 8, True) == [
        Setting(),
        *(Setting(name, 2) for name in ("gaussian", "shot", "impulse", "speckle")),
    ]
    assert {one.family for one in settings_of(["text"], [1], 8, False)[1:]} == {"text"}
    assert "paraphrase" not in {one.shift for one in settings_of(["text"], [1], 8, False)}
    assert not any(one.family == "temporal" for one in settings_of(["all"], [1], 1, True))
    with pytest.raises(UnknownName, match="Unknown shift or family of shifts 'nois'"):
        settings_of(["nois"], [1], 8, True)
    with pytest.raises(WorkbenchError, match="severity=6"):
        settings_of(["noise"], [6], 8, True)


def test_a_model_that_hears_one_word_tells_exchanges_of_it_alone(pool):
    """An embedding that knows the colour word and nothing else: right on every exchanged colour, at chance elsewhere."""
    words = ["red", "scarlet", "crimson"]

    def embed(texts):
        coloured = np.array([any(word in text for word in words) for text in texts])
        return np.stack([coloured, ~coloured], 1).astype(float)

    clips = embed(pool.first["caption"].tolist())
    rows = {one.factor: one.row() for one in word_answers(pool, clips, embed, list)}
    assert set(rows) == set(KINDS)
    assert all(row["value"] == 50 for kind, row in rows.items() if kind != "colour")
    assert rows["colour"]["value"] > 50 and all(row["chance"] == 50 and row["pool"] == 2 for row in rows.values())
    assert rows["colour"]["n"] == 60 and rows["order"]["n"] < 60


def test_a_run_is_measured_once_clean_and_shifted(run, monkeypatch):
    ask = {"shifts": ["gaussian", "characters"], "severities": (2,), "show": False}
    rows = retrieve(run.name, **ask)
    assert set(rows["shift"]) == {"", "gaussian", "characters"} and set(rows["family"]) == {"", "noise", "text"}
    assert set(rows["head"]) == {"own, infonce"} and set(rows["variant"]) == {"baseline+infonce=0.3"}
    assert set(rows["control"]) == {"baseline-smoke-s0-mixed"} and rows["value"].between(0, 600).all()
    assert (rows.loc[rows["direction"] == "text→video", "n"] == 500).all()
    kept = robustness(rows).query("shift == 'gaussian'")
    assert kept["absolute_low"].notna().all() and {"word", "zero-shot", "R@1"} <= set(kept["metric"])
    assert ((kept["absolute_low"] <= kept["absolute"]) & (kept["absolute"] <= kept["absolute_high"])).all()
    monkeypatch.setattr("workbench.retrieval.retrieve.Measure.rows", lambda *_: pytest.fail("measured again"))
    pd.testing.assert_frame_equal(retrieve(run.name, **ask), rows)


def test_a_fitted_head_is_another_head_and_its_rows_say_so(run):
    own_rows, fitted = retrieve(run.name, show=False), retrieve(run.name, head="fitted", show=False)
    assert set(fitted["head"]) == {"fitted on the frozen encoder, infonce, 3 steps"}
    assert (
        fitted["chance"].tolist() == own_rows["chance"].tolist()
        and fitted["value"].tolist() != own_rows["value"].tolist()
    )
    random = retrieve("random-smoke-s0", benchmark="temporal16", show=False)
    assert set(random["variant"]) == {"random"} and set(random["audit"]) == {"not audited"}
    with pytest.raises(WorkbenchError, match="has no text head of its own"):
        retrieve("random-smoke-s0", head="own", show=False)


def test_robustness_is_one_of_what_did_not_change_and_known_where_half_is_lost():
    truth = Truth.from_index(np.arange(40), 40)
    right = MatrixScores(np.eye(40))
    turned = np.eye(40)
    turned[:20] = np.roll(turned[:20], 1, axis=0)
    both = ranks(right, truth), ranks(MatrixScores(turned), truth)
    same = pd.DataFrame(list(robustness_rows(both[0], both[0], truth)))
    assert (same[["value", "low", "high"]] == 1).all().all()
    half = pd.DataFrame(list(robustness_rows(*both, truth))).set_index(["direction", "metric"])
    for kind in ("absolute", "relative"):
        one = half.loc["text→video", f"{kind} R@1"]
        assert one["value"] == pytest.approx(0.5) and 0.3 < one["low"] < 0.5 < one["high"] < 0.7


def test_words_that_are_lost_have_an_interval_and_words_that_stay_have_none_of_their_own():
    clips = np.arange(10, 50)
    before = Answers("word", "colour", clips, np.ones(40), 2)
    after = Answers("word", "colour", clips, (np.arange(40) % 4 > 0).astype(float), 2)
    lost = pd.DataFrame(list(answers_robustness([before], [after], videos=60))).set_index("metric")
    for kind in ("absolute word", "relative word"):
        one = lost.loc[kind]
        assert one["value"] == pytest.approx(0.75) and 0.6 < one["low"] < 0.75 < one["high"] < 0.9 and one["n"] == 40
    same = pd.DataFrame(list(answers_robustness([after], [after], videos=60)))
    assert (same[["value", "low", "high"]] == 1).all().all()


def test_clips_held_out_of_training_are_a_pool_of_their_own_of_equal_size(run):
    data = run.config.data.model_copy(update={"composition": "values", "source": "motion48"})
    kept, held = (retrieval_pool(data, "motion48", held_out=which) for which in (False, True))
    assert len(kept.clips) == len(held.clips) > 10
    assert not kept.clips.table["held_out"].any() and held.clips.table["held_out"].all()
    rows = retrieve(open_encoder("random", preset="smoke", changes={"data": data.model_dump(mode="json")}), show=False)
    assert set(rows["family"]) == {"", "composition"} and set(rows["shift"]) == {"", "values"}
    assert robustness(rows)["severity"].eq(0).all()


def test_robustness_has_the_known_values_and_none_where_nothing_was_right():
    base = {
        "run": "a",
        "encoder": "",
        "head": "own",
        "benchmark": "b",
        "direction": "text→video",
        "rerank": "",
        "factor": "",
    }
    more = {"low": 0.0, "high": 1.0, "chance": 0.1, "n": 10, "pool": 10}

    def row(shift, severity, metric, value):
        family = {"family": "noise" if shift else "", "shift": shift, "severity": severity}
        return base | more | family | {"metric": metric, "value": value}

    rows = pd.DataFrame(
        [
            *(row("", 0, metric, value) for metric, value in (("R@1", 40.0), ("R@5", 0.0), ("MedR", 3.0))),
            *(row("shot", 1, metric, value) for metric, value in (("R@1", 10.0), ("R@5", 20.0), ("MedR", 9.0))),
        ]
    )
    found = robustness(rows).set_index("metric")
    assert found.index.tolist() == ["R@1", "R@5"]
    assert found.loc["R@1", "absolute"] == pytest.approx(0.7) and found.loc["R@1", "relative"] == pytest.approx(0.25)
    assert found.loc["R@5", "absolute"] == pytest.approx(1.2) and np.isnan(found.loc["R@5", "relative"])
    with pytest.raises(WorkbenchError, match="held against clean clips"):
        robustness(rows[rows["shift"] != ""])
