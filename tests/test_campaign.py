"""The short form of the campaign: some kills of each kind that is quick, then the same results; `python -m tests.campaign` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaign import WORKS, campaign, check_whole, hidden


@pytest.mark.slow
@pytest.mark.parametrize("name", ["training", "data"])
def test_work_that_was_killed_ends_as_work_that_was_not(name: str) -> None:
    found = campaign(name, kills=2, seed=1)
    assert found["kills"] == 2 and int(str(found["results"])) > 0


def test_a_file_that_is_not_whole_is_found_and_a_temporary_one_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / ".rows.parquet.x1").write_text("half")
    assert hidden(tmp_path / ".folder.z" / "a.npy", tmp_path) and check_whole(tmp_path) == 0
    (tmp_path / "rows.parquet").write_text("half")
    with pytest.raises(AssertionError, match=r"rows\.parquet is not whole"):
        check_whole(tmp_path)


def test_every_kind_of_long_work_is_in_the_campaign() -> None:
    assert set(WORKS) == {"training", "sweep", "embedding", "report", "data"}
