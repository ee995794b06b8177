"""Which captions are true of which clips: for batches what `describes` says of the whole, and whose they are where nothing is stated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.captions import clip_facts, describes, make_captions, one_hot
from workbench.data.negatives import hard_negatives
from workbench.text.truth import CaptionTruth, match_matrix


@pytest.mark.parametrize("name", ["motion48", "temporal16", "appearance100", "mixed"])
def test_batches_of_a_benchmark_match_as_described(name: str):
    table = BENCHMARKS[name].table(DataSettings(train_clips=150), "train")
    captions = make_captions(table, per_clip=3)
    truth, want = CaptionTruth(captions, table), describes(captions, table).T
    rng = np.random.default_rng(0)
    clips, rows = rng.integers(0, len(table), 40), rng.integers(0, len(captions), 70)
    found = truth.matches(torch.from_numpy(clips), torch.from_numpy(rows))
    assert truth.by_factors and found.dtype == torch.bool and found.shape == (40, 70)
    assert np.array_equal(found.numpy(), want[np.ix_(clips, rows)])
    every = truth.matches(torch.arange(len(table)), torch.arange(len(captions)))
    assert np.array_equal(every.numpy(), want) and want[captions["clip"], np.arange(len(captions))].all()


def test_hard_negatives_match_where_they_happen_to_be_true():
    table = BENCHMARKS["motion48"].table(DataSettings(train_clips=150), "train")
    wrong = hard_negatives(make_captions(table, per_clip=2))
    found = CaptionTruth(wrong, table).matches(torch.arange(len(table)), torch.arange(len(wrong)))
    assert np.array_equal(found.numpy(), describes(wrong, table).T)
    assert not found.numpy()[wrong["clip"], np.arange(len(wrong))].any()


def test_the_matrix_is_exact_in_half_precision():
    table = BENCHMARKS["mixed"].table(DataSettings(train_clips=150), "train")
    stated, facts = (torch.from_numpy(one_hot(rows)) for rows in (make_captions(table), clip_facts(table)))
    with torch.autocast("cpu", torch.bfloat16):
        found = match_matrix(stated, facts)
    assert np.array_equal(found.numpy(), (facts.numpy() @ stated.numpy().T) == stated.numpy().sum(1))


def test_without_factors_a_caption_is_of_its_clip_and_of_those_with_the_same_words():
    table = pd.DataFrame({"clip": ["v3", "v1", "v2", "v4"]})
    captions = pd.DataFrame(
        {
            "clip": ["v1", "v1", "v2", "v3", "broken", "broken"],
            "caption": ["a dog runs", "a cat", "A dog  runs", "a bird", "a cat", "a cow"],
        }
    )
    truth = CaptionTruth(captions, table)
    found = truth.matches(torch.arange(4), torch.arange(6)).int().tolist()
    assert not truth.by_factors
    assert found == [
        [0, 0, 0, 1, 0, 0],  # v3
        [1, 1, 1, 0, 1, 0],  # v1
        [1, 0, 1, 0, 0, 0],  # v2
        [0, 0, 0, 0, 0, 0],  # v4, without a caption
    ]
    part = truth.matches(torch.tensor([2, 1]), torch.tensor([5, 0, 1]))
    assert part.int().tolist() == [[0, 1, 0], [0, 1, 1]]


def test_views_of_one_clip_have_its_captions():
    table, captions = pd.DataFrame({"clip": [7, 7, 9]}), pd.DataFrame({"clip": [9, 7], "caption": ["a", "b"]})
    found = CaptionTruth(captions, table).matches(torch.arange(3), torch.arange(2))
    assert found.int().tolist() == [[0, 1], [0, 1], [1, 0]]


def test_many_captions_take_no_loop():
    clips = 4000
    table = pd.DataFrame({"clip": np.arange(clips)})
    captions = pd.DataFrame(
        {"clip": np.arange(clips * 10) % clips, "caption": [f"words {n % 1999}" for n in range(clips * 10)]}
    )
    truth = CaptionTruth(captions, table)
    rows = torch.arange(0, len(captions), 371)
    found = truth.matches(rows % clips, rows)
    assert found.diagonal().all() and found.float().mean() < 0.05
