"""`workbench retrieve` as a person types it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Files by name in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    tied = np.eye(100)
    tied[40] = 0.5
    np.save("s.npy", tied.astype(np.float32))
    np.save("wide.npy", np.eye(3)[[0, 1, 2, 0]])
    np.save("large.npy", 100 * np.eye(3))
    np.save("bank.npy", 0.1 * np.ones((7, 100)))
    broken = np.eye(3)
    broken[1, 2] = np.nan
    np.save("nan.npy", broken)
    (tmp_path / "t.csv").write_text("caption,video\n0,0\n1,1\n2,2\n3,0\n")
    return tmp_path


def test_a_matrix_is_scored(run, files) -> None:
    status, out, _ = run("retrieve", "--scores", "s.npy", "--json")
    found = {(row["direction"], row["metric"]): row for row in json.loads(out)}
    assert status == 0 and len(found) == 11
    first = found["text→video", "R@1"]
    assert first["value"] == pytest.approx(99.01) and first["chance"] == pytest.approx(1)
    assert (first["n"], first["pool"], first["rerank"]) == (100, 100, "")


def test_people_get_a_table_for_each_re_ranking(run, files) -> None:
    words = ("--scores", "s.npy", "--rerank", "dual_softmax", "--rerank", "qb_norm", "--bank", "bank.npy")
    status, out, _ = run("retrieve", *words)
    assert status == 0 and "99.01" in out and "rsum" in out
    assert out.count("re-ranked by") == 2 and "95 % interval" in out


def test_several_captions_a_video(run, files) -> None:
    status, out, _ = run("retrieve", "--scores", "wide.npy", "--truth", "t.csv", "--json")
    found = {(row["direction"], row["metric"]): row for row in json.loads(out)}
    assert status == 0 and found["both", "rsum"]["value"] == 600
    assert found["text→video", "R@1"]["n"] == 4 and found["video→text", "R@1"]["n"] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("no.npy",), "no.npy cannot be read: No such file"),
        (("t.csv",), "t.csv is not a .npy file"),
        (("wide.npy",), "wide.npy has 4 captions (rows) and 3 videos (columns). Without --truth"),
        (("wide.npy", "--truth", "no.csv"), "no.csv"),
        (("nan.npy",), "nan.npy: the score of row 1, column 2 (counted from 0) is nan"),
        (("large.npy", "--rerank", "dual_softmax"), "large.npy: re-ranking takes cosines"),
        (("s.npy", "--rerank", "dual"), "Unknown re-ranking 'dual'"),
        (("s.npy", "--rerank", "qb_norm"), "--bank FILE.npy go together"),
        (("s.npy", "--bank", "bank.npy"), "--bank FILE.npy go together"),
        (("nan.npy", "--rerank", "qb_norm", "--bank", "bank.npy"), "nan.npy"),
    ],
)
def test_what_a_person_can_get_wrong_is_said_without_a_traceback(run, files, words, message) -> None:
    status, out, err = run("retrieve", "--scores", *words)
    assert status == 1 and out == ""
    assert err.startswith("Error: ") and message in err and "Traceback" not in err


def test_encoders_are_retrieved_with_and_kept(run, home, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    words = ("retrieve", "random", "--preset", "smoke", "--shift", "shot", "--severity", "2")
    status, out, err = run(*words, "--keep", "mine")
    assert status == 0 and "R@1 under shift" in out and "zero-shot" in out and "mine.retrieval.parquet" in err
    kept = pd.read_parquet(home / "reports" / "measured" / "mine.retrieval.parquet")
    assert set(kept["shift"]) == {"", "shot"} and set(kept["split"]) == {"test"}
    told = json.loads((home / "reports" / "measured" / "mine.retrieval.json").read_text())
    assert {"command", "versions", "git"} <= told.keys()
    status, out, _ = run(*words, "--split", "val", "--json")
    assert status == 0 and {row["split"] for row in json.loads(out)} == {"val"}


def test_what_cannot_be_retrieved_with_is_said(run, home) -> None:
    for words, said in (
        ((), "Name an encoder, or give a matrix with --scores FILE.npy"),
        (("random", "--head", "mine"), "Unknown head 'mine'. Known: fitted, own"),
        (("random", "--preset", "smoke", "--shift", "nise"), "Unknown shift or family of shifts 'nise'"),
        (("random", "--preset", "smoke", "--term", "ld"), "'ld' ties no clips to captions"),
        (("random", "--keep", "a.b"), "Rows cannot be kept under the name 'a.b'"),
        (("nobody",), "Forms of an encoder"),
    ):
        status, _, err = run("retrieve", *words)
        assert status == 1 and said in err, words
