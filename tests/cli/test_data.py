"""`workbench data import`, `check` and `layouts` on sets in published layouts."""

import json
import shutil
from pathlib import Path

from tests.data.readers.sets import msrvtt, ucf101


def test_import_says_what_was_recognised_and_what_was_drawn(data, home):
    root = ucf101(home / "ucf", groups=6, clips=1)
    status, out, _ = data("import", str(root), "--name", "ucf", "--official-split", "2")
    assert status == 0
    assert "layout ucf101; official split 2 of 3; no official validation split: val is drawn from train" in out
    assert "ucf: 9 train, 3 val, 6 test, 3 classes, in " in out
    status, _, err = data("import", str(root), "--name", "two", "--protocol", "7k")
    assert status == 1 and err.startswith("Error: protocol is for msrvtt; this is ucf101")


def test_check_names_the_layout_and_the_problems(data, home):
    root = msrvtt(home / "msrvtt", videos=8)
    file = root / "msrvtt_data" / "MSRVTT_train.7k.csv"
    file.write_text(file.read_text() + "video77\n")
    status, out, _ = data("check", str(root), "--protocol", "7k", "--json")
    report = json.loads(out)
    assert status == 0 and report["layout"] == "msrvtt" and report["kinds"] == {"unknown video": 1}
    assert report["problems"][0]["place"].endswith("MSRVTT_train.7k.csv, line 6")
    status, _, err = data("import", str(root), "--name", "retrieval", "--layout", "msrvtt", "--protocol", "7k")
    assert status == 1 and "unknown video: 1 case" in err and "Traceback" not in err
    status, out, _ = data("import", str(root), "--name", "retrieval", "--protocol", "1k-A")
    assert status == 0 and "16 captions" in out


def test_the_page_of_the_gates_is_written_from_its_rows(data, home):
    docs = Path(__file__).parents[2] / "docs"
    for name in ("benchmarks.parquet", "benchmarks.factors.parquet"):
        shutil.copy(docs / name, home / name)
    shutil.copytree(docs / "images", home / "images")
    status, out, _ = data("gates", "--from-rows", "--write", str(home / "benchmarks.md"))
    assert status == 0 and "is written" in out
    assert (home / "benchmarks.md").read_text() == (docs / "benchmarks.md").read_text()
    for words in (("--from-rows",), ("motion48", "--from-rows", "--write", str(home / "benchmarks.md"))):
        status, _, err = data("gates", *words)
        assert status == 1 and "--from-rows takes the page and nothing else" in err
    status, _, err = data("gates", "--from-rows", "--write", str(home / "other.md"))
    assert status == 1 and "other.parquet is not there. Measure it" in err


def test_layouts_are_listed(data):
    _, out, _ = data("layouts", "--json")
    assert {entry["layout"] for entry in json.loads(out)} == {
        "captioned",
        "csv",
        "diving48",
        "folder",
        "imagenet100",
        "msrvtt",
        "ssv2",
        "ucf101",
        "workbench",
    }
