"""The study's results are read as they were published."""

import pytest

from workbench import published
from workbench.errors import WorkbenchError
from workbench.published import published_rows, published_settings
from workbench.stats import wilson


def test_all_88_results_are_rows_with_intervals_chance_and_n():
    rows = published_rows()
    assert len(rows) == 88 and len(published_settings()) == 32
    assert ((rows["low"] <= rows["value"]) & (rows["value"] <= rows["high"])).all()
    one = rows[(rows["run"] == "train_ucf101_4gpu_kinematic") & (rows["benchmark"] == "synth")].iloc[0]
    assert one["value"] == pytest.approx(0.675) and one["n"] == 40 and one["chance"] == 1 / 8
    assert (one["low"], one["high"]) == pytest.approx(wilson(27, 40)) and one["high"] - one["low"] > 0.25


def test_readings_are_those_of_the_released_code():
    rows = published_rows().drop_duplicates("run").set_index("variant")
    assert (rows.loc[["kinematic", "sigreg_no_ema", "hw_ld", "fwm_hw_ld"], "reading"] == "as_published").all()
    assert (rows.loc[["ld", "fwm_ld", "hw", "sigreg"], "reading"] == "as_described").all()


def test_budgets_that_differ_can_be_seen():
    """OBJECTIVES, item 4: 50 epochs for three variants on Diving-48, 100 for the others."""
    rows = published_rows()
    short = rows[(rows["benchmark"] == "diving48") & rows["budget"].str.endswith(", 50 epochs")]
    assert set(short["variant"]) == {"fwm_ld", "hw_ld", "fwm_hw_ld"}


def test_a_damaged_file_names_its_line(tmp_path, monkeypatch):
    source = (published.published_root() / "results.csv").read_text()
    (tmp_path / "results.csv").write_text(
        source.replace("mixed,train_mixed_4gpu_ac,ac,", "mixed,train_mixed_4gpu_ac,acc,", 1)
    )
    monkeypatch.setattr(published, "published_root", lambda: tmp_path)
    with pytest.raises(WorkbenchError, match=r"results.csv, line 2: Unknown variant 'acc'"):
        published_rows()
    (tmp_path / "results.csv").unlink()
    with pytest.raises(WorkbenchError, match="is not there"):
        published_rows()
