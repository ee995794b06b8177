"""Sections of results in documents are what the rows give."""

from __future__ import annotations

import pytest

from tests.made_up import make_study
from tests.report.contents.kept_made_up import keep_retrieval, planted_rows
from workbench.errors import WorkbenchError
from workbench.report.caption_sections import conditions, under_shift
from workbench.report.contents import contents
from workbench.report.sections import DOCUMENTS, ROOT, SECTIONS, by_seed, filled, write
from workbench.rows import keep_measured, load_rows

MARK = "<!-- results: {}; made by make results -->\n{}<!-- end of results -->"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_holds_what_the_kept_rows_give(name, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(ROOT))
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    assert "<!-- results: " in text and filled(text, path) == text, "run `make results`"


def test_what_stands_between_the_marks_is_replaced_and_the_rest_kept(tmp_path, monkeypatch):
    monkeypatch.setitem(SECTIONS._entries, "mine", lambda: "new")
    path = tmp_path / "doc.md"
    path.write_text("before\n" + MARK.format("mine", "old\n") + "\nafter\n")
    assert write([path]) == [path]
    assert path.read_text() == "before\n" + MARK.format("mine", "new\n") + "\nafter\n"
    assert write([path]) == []


def test_marks_that_are_wrong_are_named():
    with pytest.raises(WorkbenchError, match=r"doc\.md: Unknown section of results 'ablaton'.*ablation"):
        filled(MARK.format("ablaton", ""), "doc.md")
    with pytest.raises(WorkbenchError, match=r"doc\.md: a mark of results is not closed"):
        filled("<!-- results: ablation; made by make results -->\n", "doc.md")


def test_seeds_are_those_of_the_rows_and_what_is_not_there_says_so():
    make_study({"random": 0.1, "baseline": 0.4}, seeds=(0, 2), preset="standard")
    rows = load_rows("standard")
    keep_measured("mine", rows)
    values = {
        (row.seed, row.benchmark): f"{100 * row.value:.1f}"
        for row in rows[
            (rows["variant"] == "baseline") & (rows["probe"] == "attentive") & (rows["factor"] == "label")
        ].itertuples()
    }
    line = next(line for line in by_seed("single").splitlines() if line.startswith("| `baseline` |"))
    expected = [f"{values[0, name]} / not run / {values[2, name]}" for name in ("motion48", "temporal16")]
    assert line == f"| `baseline` | {' | '.join(expected)} |"
    assert contents("ucf101", source="measured").parameters.seeds == [0, 1, 2]


def test_the_sections_on_captions_are_means_over_seeds_with_what_is_left_under_shift():
    of = {"preset": "standard"}
    tables = [planted_rows("baseline", seed, **of) for seed in (0, 1, 2)]
    tables += [planted_rows("baseline+infonce=0.03", seed, 6.0, colour=100.0, **of) for seed in (0, 1, 2)]
    tables += [planted_rows("baseline+infonce=0.03", seed, 9.0, "val", **of) for seed in (0, 1, 2)]
    for table in tables:
        table.loc[table["metric"] == "R@1", "value"] += table["seed"]
    keep_retrieval("study", *tables)
    lines = {line.split(",")[0].strip("| `"): line for line in conditions().splitlines()}
    cells = [cell.strip() for cell in lines["baseline+infonce=0.03"].split("|")[2:-1]]
    assert cells[0] == "209.0" and cells[1] == "206.0 [+6.0, +6.0 to +6.0]"
    assert cells[2].startswith("38.0 [+6.0, ") and cells[4].startswith("81.0 [+10.0, ")
    shifted = next(line for line in under_shift().splitlines() if line.startswith("| `baseline` |"))
    cells = [cell.strip() for cell in shifted.split("|")[2:-1]]
    assert cells[0] == "32.0" and cells[2].startswith("17.0 (0.53")


def test_without_rows_the_sections_on_captions_say_what_makes_them():
    for make in (conditions, under_shift):
        with pytest.raises(WorkbenchError, match="workbench retrieve"):
            make()
