"""The discriminant reader, dependence and nulls: equivalences and known answers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from tests.disentangle.planted import planted
from workbench.disentangle.data import FactorData, Split
from workbench.disentangle.dependence import canonical_directions, gaussian_information
from workbench.disentangle.discriminant import FLOOR, Reader, discriminant, scatter, single_channels
from workbench.disentangle.found_split import find_split
from workbench.disentangle.nulls import beside, principal, random_rotations, random_splits, rotated
from workbench.disentangle.separation import Separation
from workbench.errors import WorkbenchError


def gaussian(covariance: np.ndarray, n: int = 4000, seed: int = 0) -> FactorData:
    """Jointly Gaussian channels and one factor of each group that says nothing."""
    rng = np.random.default_rng(seed)

    def split() -> Split:
        labels = {"a": rng.integers(0, 2, n), "m": rng.integers(0, 2, n)}
        return Split(rng.multivariate_normal(np.zeros(len(covariance)), covariance, n).astype(np.float32), labels)

    return FactorData(split(), split(), split(), {"a": 2, "m": 2}, {"appearance": ("a",), "motion": ("m",)})


def test_discriminant_is_scikit_learn_s_at_equal_shrinkage() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 5, 300)
    x = (rng.normal(size=(5, 8))[y] + rng.normal(size=(300, 8)) @ rng.normal(size=(8, 8))).astype(np.float32)
    x -= x.mean(0)
    known = scatter(x, y, x.T.astype(np.float64) @ x)
    columns = np.array([6, 1, 3])
    mine = discriminant(known, columns, 0.2)
    # scikit-learn divides the within-class scatter by n where we divide by n − K, which scales all scores alike.
    theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2, priors=np.full(5, 0.2))
    theirs.fit(x[:, columns].astype(np.float64), y)
    assert (mine.predict(x[:, columns]) == theirs.predict(x[:, columns])).mean() > 0.95


def test_discriminant_reads_the_middle_of_three_classes_in_a_row() -> None:
    rng = np.random.default_rng(0)
    y = np.resize([0, 1, 2], 300)
    x = (y[:, None] - 1 + 0.1 * rng.normal(size=(300, 1))).astype(np.float32)
    told = discriminant(scatter(x, y, x.T.astype(np.float64) @ x), np.array([0]), 0.03).predict(x)
    assert (told == y).all()


def test_single_channels_read_as_one_by_one() -> None:
    data = planted("mixed", values=3)
    reader = Reader(data)
    together = reader.alone("direction")
    for channel in (0, 7, 19):
        columns = reader.columns(np.array([channel]))
        one = discriminant(reader.scatters["direction"], columns, 0.03)
        right = one.predict(reader.test[:, columns]) == data.test.labels["direction"]
        assert together[channel] == pytest.approx(right.mean(), abs=0.006)
    assert single_channels(reader.scatters["speed"], reader.val.reshape(-1, 20, 3), data.val.labels["speed"]).shape == (
        20,
    )
    assert FLOOR < 1e-3


def test_a_channel_s_columns_are_its_values() -> None:
    reader = Reader(planted("separated", values=3))
    assert reader.columns(np.array([0, 4])).tolist() == [0, 1, 2, 12, 13, 14]


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_gaussian_information_has_its_closed_form(rho: float) -> None:
    covariance = np.eye(6)
    covariance[0, 3] = covariance[3, 0] = rho
    data = gaussian(covariance)
    found = gaussian_information(data, (np.arange(3), np.arange(3, 6)))
    assert found == pytest.approx(-0.5 * np.log(1 - rho**2), abs=0.03)


def test_gaussian_information_is_the_same_in_any_coordinates_of_the_blocks() -> None:
    covariance = np.eye(6)
    covariance[0, 3] = covariance[3, 0] = 0.7
    data = gaussian(covariance)
    split = np.arange(3), np.arange(3, 6)
    turn = np.eye(6, dtype=np.float32)
    turn[:3, :3] = np.random.default_rng(0).normal(size=(3, 3)) + 2 * np.eye(3)
    assert gaussian_information(rotated(data, turn), split) == pytest.approx(
        gaussian_information(data, split), abs=0.01
    )


def test_many_independent_channels_read_no_information_on_held_out_clips() -> None:
    data = gaussian(np.eye(80), n=300)
    assert abs(gaussian_information(data, (np.arange(40), np.arange(40, 80)))) < 0.25


def test_canonical_directions_find_the_shared_one() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=2000)
    x = np.stack([rng.normal(size=2000), shared + 0.1 * rng.normal(size=2000)], axis=1)
    y = np.stack([shared + 0.1 * rng.normal(size=2000), rng.normal(size=2000), rng.normal(size=2000)], axis=1)
    a, b = canonical_directions(x - x.mean(0), y - y.mean(0))
    assert a.shape == (2, 2) and b.shape == (3, 2)
    assert abs(a[1, 0]) > 20 * abs(a[0, 0]) and abs(b[0, 0]) > 20 * abs(b[1, 0])


def test_random_splits_are_splits_and_all_differ() -> None:
    channels = np.arange(3, 23)
    splits = random_splits(channels, 8, seed=0)
    assert len(splits) >= 20
    for a, m in splits:
        assert len(a) == 8 and sorted([*a, *m]) == channels.tolist()
    assert len({tuple(a) for a, _ in splits}) == len(splits)


def test_rotations_and_components_keep_all_information_in_all_channels() -> None:
    data = planted("separated")
    for other in (rotated(data, random_rotations(20, 0)[3]), principal(data, np.arange(20))):
        x, y = (one.test.channels.reshape(-1, 40).astype(np.float64) for one in (data, other))
        assert np.linalg.norm(x - x[0], axis=1) == pytest.approx(np.linalg.norm(y - y[0], axis=1), rel=1e-4)
    spread = principal(data, np.arange(20)).train.channels.var(0).sum(1)
    assert (np.diff(spread) < 1e-6).all()


def test_p_counts_the_nulls_that_are_as_good() -> None:
    nulls = np.arange(20.0)
    assert beside(18.0, nulls, "higher")["p"] == pytest.approx(3 / 21)
    assert beside(18.0, nulls, "lower")["p"] == pytest.approx(20 / 21)
    assert beside(99.0, nulls, "higher")["p"] == pytest.approx(1 / 21)
    assert beside(0.5, nulls, "higher")["null_mean"] == pytest.approx(9.5)


def test_swap_with_partner_never_pairs_a_clip_with_itself() -> None:
    partner = Separation(planted("mixed")).partner["test"]
    assert (partner != np.arange(len(partner))).all()
    assert sorted(partner) == list(range(len(partner)))


def test_found_split_does_not_look_at_test_clips() -> None:
    data = planted("half-leaked")
    blind = FactorData(
        data.train,
        data.val,
        Split(np.random.default_rng(0).normal(size=data.test.x.shape).astype(np.float32), data.test.labels),
        data.classes,
        data.groups,
    )
    for one, other in zip(find_split(data), find_split(blind), strict=True):
        assert one.tolist() == other.tolist()


def test_found_split_needs_both_groups() -> None:
    data = gaussian(np.eye(4), n=50)
    with pytest.raises(WorkbenchError, match="no motion factor"):
        find_split(FactorData(data.train, data.val, data.test, data.classes, {"appearance": ("a",), "motion": ()}))
