"""Projections of features to a plane or to space: deterministic, and kept under `cache/projections`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.files import content_key, whole_file
from workbench.paths import cache_root
from workbench.registry import Registry

VERSION = 2
ROWS = 8192  # of a block
Method = Callable[..., np.ndarray]
PROJECTIONS: Registry[Method] = Registry("projection")


def project(
    features: np.ndarray, method: str = "pca", dims: int = 2, seed: int = 0, *, cache: bool = True, **params: Any
) -> np.ndarray:
    """Coordinates float32 (n, dims) of `features` (n, D); `params` go to the method. Equal input, equal output.

    Raises where the method is unknown, or the features have under 3 clips, a NaN, or no variance to project.
    """
    function = PROJECTIONS[method]
    features = checked(features, dims)
    if not cache:
        return function(features, dims=dims, seed=seed, **params)
    path = projection_path(features, method, dims, seed, **params)
    if path.is_file():
        return np.load(path)
    coordinates = function(features, dims=dims, seed=seed, **params)
    with whole_file(path) as temporary:
        np.save(temporary, coordinates)
    return coordinates


def is_cached(features: np.ndarray, method: str, dims: int = 2, seed: int = 0, **params: Any) -> bool:
    """Whether `project` would read the coordinates instead of computing them."""
    return projection_path(np.ascontiguousarray(features, np.float32), method, dims, seed, **params).is_file()


def projection_path(features: np.ndarray, method: str, dims: int, seed: int, **params: Any) -> Path:
    """Where the coordinates lie: the name is a content key of the features, the method and the library's version."""
    data = np.ascontiguousarray(features).data.cast("B")
    plain = {name: value.tobytes().hex() if isinstance(value, np.ndarray) else value for name, value in params.items()}
    settings = {"dims": dims, "seed": seed, "shape": features.shape, "library": _library(method), **plain}
    return cache_root() / "projections" / f"{method}-{content_key(VERSION, method, settings, data)}.npy"


def checked(features: np.ndarray, dims: int) -> np.ndarray:
    """`features` as contiguous float32 (n, D), or an error that says why they cannot be projected."""
    features = np.ascontiguousarray(features, np.float32)
    if features.ndim != 2:
        raise WorkbenchError(f"A projection takes features of shape (clips, channels), not {features.shape}.")
    n, width = features.shape
    if n < 3:
        raise WorkbenchError(f"A projection takes at least 3 clips; there {'is' if n == 1 else 'are'} {n}.")
    if not 1 <= dims <= min(n - 1, width):
        raise WorkbenchError(f"{n} clips of {width} channels cannot be projected to {dims} dimensions.")
    if not np.isfinite(features).all():
        bad = int((~np.isfinite(features).all(1)).sum())
        raise WorkbenchError(
            f"The features of {bad} of {n} clips hold NaN or infinity. The run may have diverged: see its history."
        )
    spread = float(np.ptp(features, axis=0).max())
    if spread <= 1e-6 * float(np.abs(features).max()):
        raise WorkbenchError(
            f"The features of all {n} clips are the same: the encoder has collapsed, and there is nothing to project."
        )
    return features


@PROJECTIONS.register("pca")
def pca(features: np.ndarray, dims: int = 2, seed: int = 0) -> np.ndarray:
    """Principal components in float64; each has the sign that makes its largest loading positive. Needs no `seed`."""
    n, width = features.shape
    mean = features.mean(0, dtype=np.float64)
    blocks = [
        slice(start, start + ROWS) for start in range(0, n, ROWS)
    ]  # a million rows in float64 take twice their room
    if width <= n:  # the smaller of the two Gram matrices has the same spectrum
        gram = np.zeros((width, width))
        for block in blocks:
            centred = features[block] - mean
            gram += centred.T @ centred
        axes = np.linalg.eigh(gram)[1][:, ::-1][:, :dims]
    else:
        centred = features - mean
        values, vectors = np.linalg.eigh(centred @ centred.T)
        scale = np.sqrt(np.maximum(values[::-1][:dims], np.finfo(np.float64).tiny))
        axes = centred.T @ vectors[:, ::-1][:, :dims] / scale
    largest = axes[np.abs(axes).argmax(0), np.arange(dims)]
    axes = axes * np.where(largest < 0, -1.0, 1.0)
    return np.concatenate([((features[block] - mean) @ axes).astype(np.float32) for block in blocks])


@PROJECTIONS.register("umap")
def umap(
    features: np.ndarray,
    dims: int = 2,
    seed: int = 0,
    neighbours: int = 15,
    min_dist: float = 0.1,
    metric: str = "cosine",
    epochs: int = 200,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """UMAP with a seed, hence on one thread. `metric` is the one in which the explorer looks for neighbours.

    `start` (n, dims): where the points are at first; by default the spectral layout.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import UMAP

        n = len(features)
        model = UMAP(
            n_neighbors=min(neighbours, n - 1),
            min_dist=min_dist,
            metric=metric,
            n_components=dims,
            n_epochs=epochs,
            init=start
            if start is not None
            else "spectral"
            if n > dims + 10
            else "random",  # spectral: more clips than dims
            random_state=seed,
            n_jobs=1,
        )
        coordinates = np.asarray(model.fit_transform(features), np.float32)
    if not np.isfinite(coordinates).all():
        raise WorkbenchError("UMAP gave coordinates that are not numbers for these features. Choose PCA.")
    return coordinates


@PROJECTIONS.register("tsne")
def tsne(
    features: np.ndarray, dims: int = 2, seed: int = 0, perplexity: float = 30.0, start: np.ndarray | None = None
) -> np.ndarray:
    """t-SNE by openTSNE, cosine affinities, from the principal components or from `start` (n, dims); on one thread.

    Interpolation (FIt-SNE) in two dimensions, Barnes-Hut in three.
    """
    from openTSNE import TSNE

    n = len(features)
    begin = pca(features, dims) if start is None else start
    begin = 1e-4 * begin / max(float(begin[:, 0].std()), 1e-12)
    model = TSNE(
        n_components=dims,
        perplexity=min(perplexity, (n - 1) / 3),
        metric="cosine",
        initialization=begin.astype(np.float64),
        negative_gradient_method="fft" if dims < 3 else "bh",
        random_state=seed,
        n_jobs=1,
    )
    return np.asarray(model.fit(features), np.float32)


@PROJECTIONS.register("channels")
def channels(
    features: np.ndarray, dims: int = 2, seed: int = 0, first: int = 0, second: int = 1, third: int = 2
) -> np.ndarray:
    """Chosen channels as they are. One that there is not, or the same twice, raises."""
    chosen = (first, second, third)[:dims]
    if beyond := [number for number in chosen if not 0 <= number < features.shape[1]]:
        raise WorkbenchError(f"There is no channel {beyond[0]}; these features have 0 to {features.shape[1] - 1}.")
    if len(set(chosen)) < dims:
        raise WorkbenchError(f"The channels {', '.join(map(str, chosen))} are not {dims} different ones.")
    return np.ascontiguousarray(features[:, chosen], np.float32)


def explained(features: np.ndarray, coordinates: np.ndarray) -> np.ndarray:
    """Share of the features' variance along each coordinate: (dims,). Meaningful for PCA."""
    return coordinates.var(0, dtype=np.float64) / features.var(0, dtype=np.float64).sum()


def _library(method: str) -> str:
    from importlib import metadata

    package = {"pca": "numpy", "umap": "umap-learn", "tsne": "openTSNE"}.get(method)
    return f"{package} {metadata.version(package)}" if package else ""
