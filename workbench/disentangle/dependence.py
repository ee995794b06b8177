"""How much two blocks say of each other: Gaussian information through canonical correlations, and debiased CKA.

Canonical directions are fitted on training clips with the covariances of the blocks shrunk (Ledoit and Wolf 2004); the
correlations ρ_c are those of the test clips along them, and I(A;M) = −½ Σ log(1 − ρ_c²) in nats (DIAGNOSTICS). What independent
blocks would show by the number of clips alone, (1 − ρ_c²)/(n − 2), is taken off each ρ_c², so they read about 0, slightly
negative too. It is the linear part of their dependence, no more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.disentangle.data import FactorData
from workbench.disentangle.nulls import Pair, beside, joined, principal, random_splits
from workbench.errors import WorkbenchError
from workbench.features import standardise

BOOTSTRAPS = 200
GROUPS = 20  # left out in turn by the jackknife
CEILING = 1 - 1e-6  # of ρ², so that copied channels give a large number and not infinity


def dependence_rows(
    data: FactorData,
    split: Pair,
    name: str,
    *,
    random: tuple[FactorData, Pair] | None = None,
    seed: int = 0,
    note: str = "",
) -> list[dict[str, Any]]:
    """Rows of a split, called `name`: `split`, `measure` ("gaussian_information" in nats, "debiased_cka"), value, nulls, `note`.

    Lower is more independent. Intervals over the `n` test clips: bootstrap for the information, jackknife for CKA (drawn
    twice, a clip would count as its own neighbour).
    """
    channels = np.sort(np.concatenate(split))
    splits = random_splits(channels, len(split[0]), seed)
    leading = (channels[: len(split[0])], channels[len(split[0]) :])
    components = principal(data, channels)
    rows = []
    for measure, function, interval in (
        ("gaussian_information", gaussian_information, _bootstrap),
        ("debiased_cka", block_cka, _jackknife),
    ):
        row: dict[str, Any] = {"split": name, "measure": measure, "better": "lower", "n": len(data.test), "note": note}
        try:
            value = function(data, split)
            low, high = interval(data, split, seed)
            row |= {"value": value, "low": min(low, value), "high": max(high, value)}
            row |= beside(value, np.array([function(data, other) for other in splits]), "lower")
            row["pca"] = function(components, leading)
            if random is not None:
                row["random_encoder"] = function(*random)
        except WorkbenchError as error:
            row["note"] = joined(note, str(error))
        rows.append(row)
    return rows


def gaussian_information(data: FactorData, split: Pair) -> float:
    """Held-out Gaussian information between the two sets of channels, in nats; about 0 where they are linearly independent."""
    u, v = _variates(data, split)
    return float(_information(_correlations(u, v, np.full((1, len(u)), 1 / len(u))), len(u))[0])


def block_cka(data: FactorData, split: Pair) -> float:
    """Debiased CKA of the two sets of channels on the test clips, each value standardised by train."""
    from workbench.quality.cka import debiased_cka

    return debiased_cka(*(_flat(data, channels)[1] for channels in split))


def canonical_directions(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Directions (d, c) and (e, c), c = min(d, e), of centred `x` (n, d) and `y` (n, e), their covariances shrunk."""
    roots = [_whitener(x), _whitener(y)]
    left, _, right = np.linalg.svd(roots[0] @ (x.T @ y / len(x)) @ roots[1], full_matrices=False)
    return roots[0] @ left, roots[1] @ right.T


def _whitener(x: np.ndarray) -> np.ndarray:
    """Inverse symmetric root of the shrunk covariance of `x` (n, d)."""
    from sklearn.covariance import ledoit_wolf

    values, axes = np.linalg.eigh(ledoit_wolf(x, assume_centered=True)[0])
    return np.asarray((axes / np.sqrt(np.maximum(values, 1e-8))) @ axes.T)


def _variates(data: FactorData, split: Pair) -> tuple[np.ndarray, np.ndarray]:
    (train_a, test_a), (train_m, test_m) = (_flat(data, channels) for channels in split)
    a, m = canonical_directions(train_a, train_m)
    return test_a @ a, test_m @ m


def _flat(data: FactorData, channels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    train, test = (x.channels[:, channels].reshape(len(x), -1) for x in (data.train, data.test))
    train, test = standardise(train, test)
    return train.astype(np.float64), test.astype(np.float64)


def _correlations(u: np.ndarray, v: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Correlation of each pair of columns for each row of `weights` (B, n): (B, c); 0 where a column is constant."""
    mean_u, mean_v = weights @ u, weights @ v
    cross = weights @ (u * v) - mean_u * mean_v
    scale = (weights @ u**2 - mean_u**2) * (weights @ v**2 - mean_v**2)
    return np.asarray(np.where(scale > 1e-20, cross / np.sqrt(np.maximum(scale, 1e-20)), 0.0))


def _information(rho: np.ndarray, n: int) -> np.ndarray:
    squared = np.minimum(rho**2, CEILING)
    squared = squared - (1 - squared) / (n - 2)
    return np.asarray(-0.5 * np.log1p(-squared).sum(-1))


def _bootstrap(data: FactorData, split: Pair, seed: int) -> tuple[float, float]:
    u, v = _variates(data, split)
    n = len(u)
    draws = np.random.default_rng([seed, 105]).multinomial(n, np.full(n, 1 / n), size=BOOTSTRAPS) / n
    # Resampling adds its own noise to each ρ, as much as the clips did, so the draws are centred on the estimate.
    found = _information(_correlations(u, v, draws), n)
    estimate = _information(_correlations(u, v, np.full((1, n), 1 / n)), n)[0]
    low, high = np.quantile(found - found.mean(), [0.025, 0.975]) + estimate
    return float(low), float(high)


def _jackknife(data: FactorData, split: Pair, seed: int) -> tuple[float, float]:
    from scipy.stats import t

    from workbench.quality.cka import debiased_cka

    a, m = (_flat(data, channels)[1] for channels in split)
    n = len(a)
    groups = min(GROUPS, n)
    parts = np.array_split(np.random.default_rng([seed, 106]).permutation(n), groups)
    left = np.array([debiased_cka(np.delete(a, rows, 0), np.delete(m, rows, 0)) for rows in parts])
    error = np.sqrt((groups - 1) / groups * ((left - left.mean()) ** 2).sum())
    half = float(t.ppf(0.975, groups - 1) * error)
    value = debiased_cka(a, m)
    return value - half, value + half
