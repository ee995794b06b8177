"""Encoders with planted blocks score as planted, in every table, against every null."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.disentangle.planted import BLOCKS, CLASSES, PlantedEncoder, clips_of, planted
from workbench.disentangle import Split, disentangle, factor_data
from workbench.features import Features

Tables = dict[str, dict[str, pd.DataFrame]]


def row(table: pd.DataFrame, split: str, measure: str, factor: str = "mean") -> pd.Series:
    chosen = table[(table["split"] == split) & (table["measure"] == measure)]
    if "factor" in table:
        chosen = chosen[chosen["factor"] == factor]
    assert len(chosen) == 1
    return chosen.iloc[0]


@pytest.mark.parametrize("split", ["blocks", "found"])
def test_separated_blocks_read_as_separated(tables: Tables, split: str) -> None:
    table = tables["separated"]["separation"]
    for group in ("appearance", "motion"):
        gap, leak, swap = (row(table, split, f"{name}_{group}") for name in ("gap", "leak", "swap"))
        assert gap["value"] > 0.9 and gap["low"] > 0.8
        assert abs(leak["value"]) < 0.1 and leak["low"] < 0.1
        assert swap["value"] > 0.97
        assert gap["p"] == leak["p"] == swap["p"] == pytest.approx(1 / 21)  # better than all twenty random splits
        assert gap["null_high"] < gap["low"]


def test_mixed_blocks_are_no_different_from_random_splits(tables: Tables) -> None:
    table = tables["mixed"]["separation"]
    for group in ("appearance", "motion"):
        gap, leak, swap = (row(table, "blocks", f"{name}_{group}") for name in ("gap", "leak", "swap"))
        assert abs(gap["value"]) < 0.1 and gap["p"] > 0.05
        assert gap["null_low"] - 0.03 < gap["value"] < gap["null_high"] + 0.03
        assert leak["value"] > 0.85
        assert swap["value"] < 0.7


def test_half_leaked_appearance_reads_as_half(tables: Tables) -> None:
    table = tables["half-leaked"]["separation"]
    leak = row(table, "blocks", "leak_appearance")
    assert leak["low"] < 0.5 < leak["high"]
    assert leak["value"] == pytest.approx(0.5, abs=0.08)
    assert row(table, "blocks", "gap_appearance")["value"] == pytest.approx(0.5, abs=0.08)
    assert abs(row(table, "blocks", "leak_motion")["value"]) < 0.1
    assert row(table, "blocks", "gap_motion")["value"] > 0.9


def test_dependence_orders_the_plans_and_is_zero_for_separated_blocks(tables: Tables) -> None:
    for measure in ("gaussian_information", "debiased_cka"):
        found = {plan: row(tables[plan]["dependence"], "blocks", measure) for plan in tables}
        assert abs(found["separated"]["value"]) < 0.05
        assert found["separated"]["low"] < 0.03
        assert found["separated"]["high"] < found["half-leaked"]["low"]
        assert found["half-leaked"]["high"] < found["mixed"]["low"]
        assert found["separated"]["p"] < 0.05 < found["mixed"]["p"]


def test_block_dci_is_one_for_separated_blocks_and_near_zero_for_mixed(tables: Tables) -> None:
    for measure in ("block_dci_disentanglement", "block_dci_completeness"):
        assert row(tables["separated"]["whole"], "blocks", measure)["value"] > 0.98
        assert row(tables["mixed"]["whole"], "blocks", measure)["value"] < 0.25


def test_found_split_is_the_planted_one(tables: Tables) -> None:
    for group in ("appearance", "motion"):
        found = row(tables["separated"]["separation"], "found", f"gap_{group}")["value"]
        assert found == row(tables["separated"]["separation"], "blocks", f"gap_{group}")["value"]


def test_matrix_of_both_probes_shows_the_blocks(tables: Tables) -> None:
    matrix = tables["separated"]["matrix"].set_index(["group", "block", "probe"])["value"]
    for probe in ("logistic", "discriminant"):
        assert (matrix["appearance", "appearance", probe] > 0.95).all()
        assert (matrix["appearance", "dynamics", probe] < 0.15).all()
        assert (matrix["motion", "dynamics", probe] > 0.95).all()
        assert (matrix["motion", "appearance", probe] < 0.15).all()
        assert (matrix[:, "all", probe] > 0.95).all()


def test_random_encoder_stands_beside_every_measure(tables: Tables) -> None:
    separation = tables["separated"]["separation"]
    gaps = separation[separation["measure"].str.startswith("gap")]
    assert (gaps["random_encoder"].abs() < 0.3).all()
    assert (gaps["value"] > gaps["random_encoder"]).all()
    assert tables["separated"]["dependence"]["random_encoder"].notna().all()
    assert tables["separated"]["whole"]["random_encoder"].notna().all()


def test_no_table_has_a_missing_number_without_a_reason(tables: Tables) -> None:
    for of_plan in tables.values():
        for name, table in of_plan.items():
            assert (table["value"].notna() | (table["note"] != "")).all(), name
            numbers = table.select_dtypes("number").astype("Float64")
            assert not any(np.isnan(x) for x in numbers.to_numpy().ravel() if x is not pd.NA), name
            known = table[table["low"].notna()]
            assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all(), name


def test_same_seed_gives_the_same_numbers(tables: Tables) -> None:
    again = disentangle(planted("mixed"), BLOCKS, random=planted("mixed", seed=3, noise=50.0))
    for name, table in again.items():
        pd.testing.assert_frame_equal(table, tables["mixed"][name])


def test_encoder_without_blocks_is_judged_on_its_found_split() -> None:
    result = disentangle(planted("separated"), {})
    assert set(result["separation"]["split"]) == set(result["dependence"]["split"]) == {"found"}
    assert row(result["separation"], "found", "gap_motion")["value"] > 0.9
    assert set(result["matrix"]["block"]) == {"all"}
    assert result["separation"]["note"].str.contains("random encoder: not given").all()


def test_planted_frozen_encoder_scores_as_planted_from_its_tokens() -> None:
    encoder = PlantedEncoder()
    parts = []
    for seed, n in enumerate((300, 120, 200)):
        clips, table = clips_of(n, seed)
        tokens = encoder.tokens(clips).numpy().astype(np.float16)
        parts.append(Features(tokens, encoder.grid, table, str(seed)))
    groups = {"appearance": ("sprite",), "motion": ("direction",)}
    data = factor_data(*parts, classes=CLASSES, groups=groups)
    separation = disentangle(data, encoder.blocks)["separation"]
    assert row(separation, "blocks", "gap_appearance")["value"] > 0.9
    assert row(separation, "blocks", "gap_motion")["value"] > 0.9
    still = factor_data(*parts, classes=CLASSES, groups=groups, reading="mean")
    assert isinstance(still.test, Split) and still.values == 1 and data.values == encoder.grid[0]
    # The change has mean zero over the clip, so in the clip's mean the motion cannot be seen.
    unseen = row(disentangle(still, encoder.blocks)["separation"], "blocks", "gap_motion")
    assert unseen["value"] < 0.2
