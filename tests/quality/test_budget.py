"""Variance budget and the sums it comes from: planted effects, streaming, constant and broken tokens."""

import numpy as np
import pytest
import torch

from tests.quality.made import features
from workbench.errors import WorkbenchError
from workbench.quality.budget import SHARES, variance_budget
from workbench.quality.sums import TokenSums, feature_sums, groups_of, token_sums

CLIPS, STEPS, PLACES, WIDTH = 30, 4, 6, 5


def planted(
    clip: float, position: float, time: float, rest: float, seed: int = 0
) -> tuple[np.ndarray, dict[str, float]]:
    """Tokens (clips, t, P, D) of independent effects, each centred in its own set, and the shares they must have."""
    rng = np.random.default_rng(seed)
    of_clip = rng.normal(size=(CLIPS, 1, 1, WIDTH))
    of_place = rng.normal(size=(1, 1, PLACES, WIDTH))
    of_time = rng.normal(size=(CLIPS, STEPS, 1, WIDTH))
    left = rng.normal(size=(CLIPS, STEPS, PLACES, WIDTH))
    left -= left.mean(2, keepdims=True)
    left -= left.mean((0, 1), keepdims=True)
    parts = [
        clip * (of_clip - of_clip.mean(0)),
        position * (of_place - of_place.mean(2)),
        time * (of_time - of_time.mean(1, keepdims=True)),
        rest * left,
    ]
    whole = np.ones((CLIPS, STEPS, PLACES, 1))
    squares = [float(np.square(part * whole).sum()) for part in parts]
    return sum(parts) + 100.0, dict(zip(SHARES, np.array(squares) / sum(squares), strict=True))


def sums_of(tokens: np.ndarray) -> TokenSums:
    z = torch.from_numpy(tokens)
    return token_sums(z, z.double().mean((0, 1, 2)))


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (3, 0.5, 1, 2), (0, 1, 0, 1)])
def test_planted_effects_come_out_exactly(sizes: tuple[float, ...]) -> None:
    tokens, expected = planted(*sizes)
    found = variance_budget(sums_of(tokens))
    assert found == pytest.approx(expected, abs=1e-10)
    assert sum(found.values()) == pytest.approx(1)


def test_one_effect_alone_takes_the_whole_budget() -> None:
    for at, name in enumerate(SHARES):
        tokens, _ = planted(*np.eye(4)[at])
        assert variance_budget(sums_of(tokens))[name] == pytest.approx(1)


def test_rotation_scale_and_shift_do_not_change_the_shares() -> None:
    tokens, expected = planted(1, 2, 3, 4)
    q, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(WIDTH, WIDTH)))
    assert variance_budget(sums_of(5 * tokens @ q - 40)) == pytest.approx(expected, abs=1e-9)


def test_sums_of_parts_add_up_to_those_of_the_whole_and_to_numpy() -> None:
    tokens, _ = planted(1, 1, 1, 1)
    flat = tokens.reshape(CLIPS, STEPS * PLACES, WIDTH).astype(np.float32)
    store = features(flat, (STEPS, 2, 3))
    parts = feature_sums(store, groups_of(CLIPS, 4, seed=0))
    total = parts[0] + parts[1] + parts[2] + parts[3]
    (whole,) = feature_sums(store, [np.arange(CLIPS)])
    assert variance_budget(total) == pytest.approx(variance_budget(whole))
    rows = flat.reshape(-1, WIDTH).astype(float)
    np.testing.assert_allclose(total.covariance(), np.cov(rows.T, bias=True), atol=1e-9)
    np.testing.assert_allclose(total.second_moment(), rows.T @ rows / len(rows), rtol=1e-9)


def test_reading_in_pieces_is_reading_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, _ = planted(1, 1, 1, 1)
    store = features(tokens.reshape(CLIPS, -1, WIDTH).astype(np.float16), (STEPS, 2, 3))
    (whole,) = feature_sums(store, [np.arange(CLIPS)])
    monkeypatch.setattr("workbench.quality.sums.VALUES", 7 * STEPS * PLACES * WIDTH)
    (pieces,) = feature_sums(store, [np.arange(CLIPS)])
    assert variance_budget(pieces) == pytest.approx(variance_budget(whole), rel=1e-9)


def test_groups_hold_every_clip_once_and_follow_the_seed() -> None:
    groups = groups_of(23, 10, seed=3)
    assert sorted(np.concatenate(groups)) == list(range(23))
    assert all(np.array_equal(a, b) for a, b in zip(groups, groups_of(23, 10, seed=3), strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(groups, groups_of(23, 10, seed=4), strict=True))


def test_constant_and_broken_tokens_say_so() -> None:
    with pytest.raises(WorkbenchError, match="alike"):
        variance_budget(sums_of(np.full((5, 2, 3, 4), 0.1, np.float32)))
    broken = np.ones((90, 6, 4), np.float16)
    broken[[70, 80], 2, 1] = np.nan
    with pytest.raises(WorkbenchError, match=r"2 of 90 clips \(first: clip 70\)"):
        feature_sums(features(broken), [np.arange(90)])
    with pytest.raises(WorkbenchError, match="do not fill a grid"):
        feature_sums(features(broken, (2, 2, 2)), [np.arange(90)])
