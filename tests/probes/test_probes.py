"""Probes on features whose answer is known."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from workbench.config import ProbeSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.features import Features
from workbench.probes import PROBES, Labelled, ProbeTask
from workbench.probes.attentive import HEADS, AttentiveHead, attend

# The probe of four blocks takes a minute for what the others do in a second; test_blocks.py looks at it.
QUICK = [name for name in PROBES if name != "attentive_blocks"]


def features(tokens: np.ndarray) -> Features:
    n = len(tokens)
    return Features(tokens.astype(np.float16), (2, 2, 1), pd.DataFrame({"clip": np.arange(n)}), "key")


def task(make, classes=4, sizes=(400, 100, 200), **settings) -> ProbeTask:
    rng = np.random.default_rng(0)
    parts = []
    for n in sizes:
        labels = rng.integers(0, classes, n)
        parts.append(Labelled(features(make(rng, labels)), labels))
    return ProbeTask(*parts, classes=classes, seed=0, settings=ProbeSettings(**settings))


def planted(rng, labels):
    """The class is one channel of every token."""
    tokens = rng.normal(0, 0.3, (len(labels), 4, 8))
    tokens[np.arange(len(labels)), :, labels] += 2
    return tokens


def nothing(rng, labels):
    return rng.normal(0, 1, (len(labels), 4, 8))


def one_token(rng, labels):
    """The class is in one token, found at a random place and marked by channel 7; it cancels in the mean over tokens."""
    tokens = np.zeros((len(labels), 4, 8))
    rows, place = np.arange(len(labels)), rng.integers(0, 4, len(labels))
    tokens[rows, place, 7] = 4
    tokens[rows, place, labels] = 2
    other = (place + 1) % 4
    tokens[rows, other, labels] = -2
    return tokens + rng.normal(0, 0.05, tokens.shape)


def accuracy(outcome, given):
    return (outcome.predicted == given.test.labels).mean()


@pytest.mark.parametrize("name", QUICK)
def test_a_planted_class_is_read(name):
    given = task(planted)
    outcome = PROBES[name](given)
    assert accuracy(outcome, given) > 0.95
    assert outcome.predicted.shape == (200,) and "labelled clips" in outcome.budget


@pytest.mark.parametrize("name", QUICK)
def test_noise_stays_at_chance(name):
    given = task(nothing, sizes=(400, 100, 1000), attentive_epochs=5)
    assert abs(accuracy(PROBES[name](given), given) - 0.25) < 4 * (0.25 * 0.75 / 1000) ** 0.5


def test_only_the_attentive_probe_reads_a_class_that_cancels_in_the_mean():
    given = task(one_token)
    assert accuracy(PROBES["attentive"](given), given) > 0.9
    assert accuracy(PROBES["linear"](given), given) < 0.5


@pytest.mark.parametrize("probe", ["linear", "knn"])
def test_only_the_probe_over_time_reads_a_class_that_is_an_order(probe):
    def order(rng, labels):
        tokens = rng.normal(0, 0.1, (len(labels), 4, 8))
        sign = np.where(labels == 0, 1.0, -1.0)[:, None]
        tokens[:, :2, 0] += sign
        tokens[:, 2:, 0] -= sign
        return tokens

    given = task(order, classes=2)
    assert accuracy(PROBES[f"{probe}_time"](given), given) > 0.95
    assert accuracy(PROBES[probe](given), given) < 0.65


def test_folded_attention_equals_plain_cross_attention():
    torch.manual_seed(3)
    head, tokens = AttentiveHead(16, 5), torch.randn(6, 9, 16)
    attention = nn.MultiheadAttention(16, HEADS, bias=False, batch_first=True)
    with torch.no_grad():
        attention.in_proj_weight.copy_(torch.cat([torch.eye(16), head.key.reshape(16, 16), head.value]))
        attention.out_proj.weight.copy_(torch.eye(16))
    plain, _ = attention(head.query.reshape(1, 1, 16).expand(6, -1, -1), tokens, tokens)
    normed = nn.functional.layer_norm(plain[:, 0], (16,)) * head.gain + head.shift
    assert torch.allclose(attend([head], tokens)[0], normed @ head.classifier.T + head.bias, atol=1e-5)


def test_heads_trained_together_do_not_touch_each_other():
    torch.manual_seed(3)
    heads, tokens = [AttentiveHead(16, 5) for _ in range(3)], torch.randn(6, 9, 16)
    alone = torch.stack([attend([head], tokens)[0] for head in heads])
    together = attend(heads, tokens)
    assert torch.allclose(alone, together, atol=1e-5)
    gradients = torch.autograd.grad(together[1].sum(), list(heads[0].parameters()) + list(heads[1].parameters()))
    assert all(g.abs().sum() == 0 for g in gradients[:7]) and gradients[8].abs().sum() > 0


def test_nearest_neighbours_vote_by_similarity():
    def line(rng, labels):
        angle = labels * 0.5 + rng.normal(0, 0.02, len(labels))
        tokens = np.zeros((len(labels), 4, 8))
        tokens[..., 0], tokens[..., 1] = np.cos(angle)[:, None], np.sin(angle)[:, None]
        return tokens

    given = task(line)
    assert accuracy(PROBES["knn"](given), given) == 1.0


def test_nearest_neighbours_are_sought_among_standardised_means():
    """A channel that is large and says nothing, and an offset that all share, do not hide the class."""

    def drowned(rng, labels):
        tokens = planted(rng, labels)
        tokens[..., 6] = rng.normal(0, 300, (len(labels), 1))
        return tokens + 50

    given = task(drowned)
    assert accuracy(PROBES["knn"](given), given) > 0.95


def test_the_choice_is_made_on_validation_clips_and_not_on_test_clips():
    given = task(planted)
    shuffled = ProbeTask(
        given.train, given.val, Labelled(given.test.features, given.test.labels[::-1].copy()), 4, 0, given.settings
    )
    for name in QUICK:
        first, second = PROBES[name](given), PROBES[name](shuffled)
        assert first.choice == second.choice and np.array_equal(first.predicted, second.predicted)


def test_what_cannot_be_probed_is_refused():
    given = task(planted)
    broken = np.full((400, 4, 8), np.nan)
    with pytest.raises(WorkbenchError, match="non-finite"):
        ProbeTask(Labelled(features(broken), given.train.labels), given.val, given.test, 4, 0, given.settings).check()
    with pytest.raises(WorkbenchError, match="one class only"):
        ProbeTask(
            Labelled(given.train.features, np.zeros(400, int)), given.val, given.test, 4, 0, given.settings
        ).check()
    with pytest.raises(WorkbenchError, match=r"outside 0\.\.2"):
        ProbeTask(given.train, given.val, given.test, 3, 0, given.settings).check()
    with pytest.raises(UnknownName, match=r"probe 'lin'.*attentive_grid, knn, knn_time, linear, linear_time"):
        PROBES["lin"]
