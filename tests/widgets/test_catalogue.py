"""What the explorer opens: runs on disk, spaces, shifts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.data.shifts import apply_shift
from workbench.errors import UnknownName, WorkbenchError
from workbench.widgets.catalogue import RunCatalogue, Wanted
from workbench.widgets.source import Source


def test_no_runs_no_entries() -> None:
    assert RunCatalogue().runs() == []


def test_a_run_on_disk(with_runs: Path) -> None:
    catalogue, notes = RunCatalogue(), []
    assert catalogue.runs() == [("baseline-smoke-s0", "baseline-smoke-s0"), ("random-smoke-s0", "random-smoke-s0")]
    assert catalogue.benchmarks("baseline-smoke-s0") == ["motion48", "temporal16", "appearance100"]
    source: Source = catalogue.open(Wanted("baseline-smoke-s0", "appearance100"), notes.append)
    assert source.features.shape == (100, 24) and source.features.dtype == np.float32
    assert source.clips.shape == (100, 8, 16, 16, 3)
    assert source.word("colour", 0) in ("red", "orange", "yellow", "green", "cyan", "blue", "violet", "magenta")
    assert source.parts == ["sprite", "texture", "colour", "size"]
    assert any("features of 100 clips" in note for note in notes)
    again = catalogue.open(Wanted("baseline-smoke-s0", "appearance100"), notes.append)
    assert again.key == source.key and again.clips_key == source.clips_key
    np.testing.assert_array_equal(again.features, source.features)


def test_a_run_without_weights_says_so_before_any_clip_is_made(home: Path) -> None:
    from workbench.presets import build_config
    from workbench.runs import Run

    Run.create(build_config("baseline", "smoke"))
    catalogue, notes = RunCatalogue(), []
    assert catalogue.runs() == [("baseline-smoke-s0 (training, step 0)", "baseline-smoke-s0")]
    with pytest.raises(WorkbenchError, match="no weights yet: it is training at step 0 of 8"):
        catalogue.open(Wanted("baseline-smoke-s0", "motion48"), notes.append)
    assert notes == [] and not (home / "data").exists()


def test_unknown_names(with_runs: Path) -> None:
    catalogue = RunCatalogue()
    with pytest.raises(WorkbenchError, match="Known: baseline-smoke-s0, random-smoke-s0"):
        catalogue.benchmarks("nope")
    with pytest.raises(UnknownName, match="appearance100, mixed, motion48, temporal16"):
        catalogue.open(Wanted("baseline-smoke-s0", "motion84"), lambda _: None)


def test_an_unreadable_run_does_not_hide_the_others(home: Path) -> None:
    from workbench.presets import build_config
    from workbench.runs import Run

    Run.create(build_config("baseline", "smoke"))
    broken = home / "checkpoints" / "broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    words, names = zip(*RunCatalogue().runs(), strict=True)
    assert names == ("baseline-smoke-s0", "broken") and "cannot be read" in words[1]


def test_a_shift_is_shown_beside_the_clean_clips(with_runs: Path) -> None:
    source = RunCatalogue().open(Wanted("baseline-smoke-s0", "motion48", shift="gaussian", severity=4), lambda _: None)
    assert len(source.ids) == 200 and source.table["shift"].value_counts().to_dict() == {
        "clean": 100,
        "gaussian 4": 100,
    }
    assert source.name(103) == f"Clip {int(source.table['clip'].iloc[103])}, gaussian 4" and "shift" in source.discrete
    clean = source.pixels(3)
    want = apply_shift(clean[None], "gaussian", 4, ids=[int(source.table["clip"].iloc[3])]).numpy()[0]
    np.testing.assert_array_equal(source.pixels(103), want)
    plain = RunCatalogue().open(Wanted("baseline-smoke-s0", "motion48"), lambda _: None)
    np.testing.assert_allclose(source.features[:100], plain.features, atol=1e-3)
    assert not np.allclose(source.features[100:], plain.features, atol=1e-3)


def test_tokens_are_points_of_their_own(with_runs: Path) -> None:
    catalogue = RunCatalogue()
    assert catalogue.spaces("baseline-smoke-s0")[0] == "pooled" and "tokens" in catalogue.spaces("baseline-smoke-s0")
    source = catalogue.open(Wanted("baseline-smoke-s0", "motion48", space="tokens"), lambda _: None)
    t, h, w = source.grid
    assert len(source.ids) == 100 * t * h * w and source.noun == "token"
    first = source.table.iloc[: t * h * w]
    assert first["clip"].nunique() == 1 and (first["time"].max(), first["row"].max(), first["column"].max()) == (
        t - 1,
        h - 1,
        w - 1,
    )
    whole = catalogue.open(Wanted("baseline-smoke-s0", "motion48"), lambda _: None)
    np.testing.assert_allclose(source.features[: t * h * w].mean(0), whole.features[0], atol=2e-3)
