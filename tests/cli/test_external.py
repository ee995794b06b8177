"""`workbench import`: from a file to the tables, and what is refused."""

import json

import pytest

from tests.made_up import make_study
from workbench.report.contents import contents


def test_imported_rows_stand_in_the_tables_marked_and_in_no_comparison(run, tmp_path):
    make_study({"random": 0.1, "baseline": 0.4})
    before = contents("ucf101", preset="smoke", seeds=[0], variants=["random", "baseline"]).results()
    path = tmp_path / "theirs.csv"
    path.write_text(
        "model,data,top1,clips\nbaseline,motion48,91.5,200\nTheirs <b>,diving48,12.25,400\nTheirs <b>,ucf101,50,100\n"
    )
    columns = ["--column", "name=model", "--column", "benchmark=data", "--column", "value=top1", "--column", "n=clips"]
    status, said, _ = run("import", str(path), "--keep", "theirs", *columns, "--percent")
    assert status == 0 and "3 external rows" in said and "91.50" in said
    after = contents("ucf101", preset="smoke", seeds=[0], variants=["random", "baseline"]).results()
    text = after.markdown()
    assert "| encoder | published | external | ours, % | seeds |" in text
    assert "theirs.csv (kept as theirs)" in text and "nothing is tested against them" in text
    assert "external, not audited: diving48, 400 clips, seed not stated" in text
    frame = after.frame.set_index(["benchmark", "variant"])
    assert float(frame.loc[("motion48", "baseline"), "external"]) == pytest.approx(0.915)
    assert frame.loc[("motion48", "Theirs <b>"), "status"] == "external"
    assert "Theirs &lt;b&gt;" in after.html() and "<b>" not in after.html()
    ours = before.frame.set_index(["benchmark", "variant"])
    same = ["accuracy", "low", "high", "control_difference", "control_p_holm"]
    assert frame.loc[ours.index, same].equals(ours[same])


def test_without_imported_rows_there_is_no_column(run):
    make_study({"random": 0.1, "baseline": 0.4})
    text = contents("ucf101", preset="smoke", seeds=[0], variants=["random", "baseline"]).results().markdown()
    assert "external" not in text


def test_json_output_and_what_is_refused(run, tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("name,benchmark,value,n\na,motion48,0.5,10\n")
    status, said, _ = run("import", str(path), "--keep", "theirs", "--value", "seed=4", "--json")
    assert status == 0 and json.loads(said)[0]["seed"] == 4
    assert run("import", str(path), "--keep", "theirs", "--value", "seed")[0] == 2
    status, _, error = run("import", str(path), "--keep", "../theirs")
    assert status == 1 and "without dots and slashes" in error
    status, _, error = run("import", str(tmp_path / "none.csv"), "--keep", "x")
    assert status == 1 and "none.csv is not there" in error
