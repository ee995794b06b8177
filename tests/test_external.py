"""Rows of other tools: read as stated, refused where something is wrong, kept whole."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from workbench.errors import UnknownName, WorkbenchError
from workbench.external import Reading, keep_external, load_external, read_external
from workbench.paths import published_root
from workbench.published import published_rows
from workbench.stats import wilson

STUDY = Reading({"name": "variant", "value": "top1_percent", "n": "n_val", "seed": "pretrain_seed"}, {}, percent=True)
HEAD = "name,benchmark,value,n"


def written(tmp_path: Path, text: str, name: str = "theirs.csv") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_published_table_read_with_stated_columns_is_what_the_product_ships():
    found = read_external([published_root() / "results.csv"], STUDY)
    ours = published_rows()
    assert len(found) == 88
    assert found["value"].tolist() == pytest.approx(ours["value"].tolist())
    assert found["n"].tolist() == ours["n"].tolist() and found["seed"].tolist() == ours["seed"].tolist()
    assert found[["low", "high"]].to_numpy() == pytest.approx(ours[["low", "high"]].to_numpy())


def test_result_files_of_the_study_say_run_and_benchmark_by_their_name(tmp_path):
    run = "results/train_mixed_4gpu_hw_ld"
    result = json.dumps({"label": "HW_LD-JEPA", "best": {"top1": 8.5}, "seed": None})
    written(tmp_path, result, f"{run}/eval_diving48_results.json")
    written(tmp_path, result, "results/train_mine/eval_ssv2_results.json")
    found = read_external([tmp_path / "results"], Reading({"value": "best.top1", "note": "label"}, {"n": "1970"}, True))
    rows = found.set_index("benchmark")
    assert rows.loc["diving48", ["name", "regime"]].tolist() == ["hw_ld", "mixed"]
    assert rows.loc["ssv2", ["name", "regime"]].tolist() == ["train_mine", "single"]
    assert rows.loc["diving48", "value"] == pytest.approx(0.085) and rows.loc["diving48", "note"] == "HW_LD-JEPA"
    assert (found["seed"] == -1).all()
    assert (rows.loc["ssv2", "low"], rows.loc["ssv2", "high"]) == pytest.approx(wilson(round(0.085 * 1970), 1970))


def test_kept_rows_come_back_with_the_files_they_are_from(tmp_path):
    path = written(tmp_path, f"{HEAD}\nmine,motion48,0.5,100\n")
    rows = read_external([path], Reading({}, {}))
    kept = keep_external("theirs", rows, "workbench import", [path])
    back = load_external()
    pd.testing.assert_frame_equal(back.drop(columns="kept_in"), rows)
    assert back["kept_in"].tolist() == ["theirs"]
    origin = json.loads(kept.with_suffix(".json").read_text())
    assert list(origin["files"]) == [str(path)] and origin["command"] == "workbench import"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEAD}\na,b,0.5\n", "line 2: not as many values"),
        (
            "name,benchmark,accuracy,n\na,b,0.5,10\n",
            "line 2: no 'value' .*It has name, benchmark, accuracy, n; say which: --column value",
        ),
        (f"{HEAD}\na,b,much,10\n", "line 2: value is 'much', which is not a number"),
        (f"{HEAD}\na,b,43.1,10\n", "line 2: value is 43.1; .*--percent"),
        (f"{HEAD}\na,b,nan,10\n", "line 2: value is nan"),
        (f"{HEAD}\na,b,0.5,0\n", "line 2: n is 0; a whole number from 1"),
        (f"{HEAD}\na,b,0.5,2.5\n", "line 2: n is 2.5"),
        (
            f"{HEAD}\na,b,0.5,10\na,b,0.6,10\n",
            r"One cell has different values \(name a.*0.5000 of 10 .*line 2.*0.6000 of 10 .*line 3",
        ),
        (f"{HEAD}\n", "no rows"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line(tmp_path, text, said):
    path = written(tmp_path, text)
    with pytest.raises(WorkbenchError, match=said) as error:
        read_external([path], Reading({}, {}))
    assert "theirs.csv" in str(error.value)


def test_json_that_is_broken_or_no_object_is_named(tmp_path):
    with pytest.raises(WorkbenchError, match=r"broken.json cannot be read"):
        read_external([written(tmp_path, "{", "broken.json")], Reading({}, {}))
    with pytest.raises(WorkbenchError, match=r"list.json, object 2: not an object"):
        good = {"name": "a", "benchmark": "b", "value": 0.5, "n": 10}
        read_external([written(tmp_path, json.dumps([good, 3]), "list.json")], Reading({}, {}))
    with pytest.raises(WorkbenchError, match=r"absent.csv is not there"):
        read_external([tmp_path / "absent.csv"], Reading({}, {}))


def test_columns_that_are_not_known_or_given_twice_are_refused(tmp_path):
    with pytest.raises(UnknownName, match=r"Unknown column of external rows 'vlaue'.*value"):
        Reading({"vlaue": "x"}, {})
    with pytest.raises(WorkbenchError, match=r"'n' is given by a column and as a value"):
        Reading({"n": "x"}, {"n": "3"})
    with pytest.raises(WorkbenchError, match=r"under the name 'a\.b'"):
        keep_external("a.b", pd.DataFrame(), "", [])


def test_a_kept_table_that_is_damaged_is_named(tmp_path):
    path = keep_external("theirs", read_external([written(tmp_path, f"{HEAD}\na,b,0.5,10\n")], Reading({}, {})), "", [])
    path.write_bytes(b"PAR1")
    with pytest.raises(WorkbenchError, match=r"theirs.parquet cannot be read.*Import the rows again"):
        load_external()
