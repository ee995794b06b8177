"""How many directions a space uses: RankMe, LiDAR, α-ReQ.

Convention of RankMe here, on which the number depends (variants of it gave 146, 149, 244 and 322 on one matrix): singular
values σ of the **uncentred** matrix (N, D), N > D; p = σ/‖σ‖₁ + 1e-7; exp(−Σ p log p). Formulas: DIAGNOSTICS.
"""

from __future__ import annotations

import numpy as np

from workbench.errors import WorkbenchError

SMALL = 1e-7
WITHIN = 1e-4  # added to the diagonal of the scatter within groups
FIRST, LAST, LEAST = 11, 100, 10  # ranks of the slope, from one, and the fewest that make one
NOISE = 1e-12  # share of the largest eigenvalue below which one is rounding


def rankme(x: np.ndarray) -> float:
    """RankMe of `x` (N, D), uncentred (Garrido et al., arXiv 2210.02885); up to D. Raises unless N > D."""
    x = np.asarray(x, np.float64)
    check_more_rows(len(x), x.shape[1], "RankMe")
    return rankme_of_moment(x.T @ x)


def rankme_of_moment(moment: np.ndarray) -> float:
    """RankMe from `moment` (D, D) = Σ z zᵀ about zero, times any factor: its eigenvalues are the σ²."""
    return effective_rank(np.sqrt(eigenvalues(moment)))


def lidar(views: np.ndarray) -> float:
    """LiDAR of `views` (views, n, D), the same n clips changed at random (Thilak et al., arXiv 2312.04000); up to D.

    RankMe's formula on the eigenvalues of S_w^(−½) S_b S_w^(−½): S_b scatter of the clips' means about their mean, S_w mean
    scatter of the views about their clip's mean, plus 1e-4·I. Raises unless n > D and there are two views.
    """
    from scipy.linalg import eigh

    views = np.asarray(views, np.float64)
    count, n, width = views.shape
    if count < 2:
        raise WorkbenchError("LiDAR needs at least two views of each clip.")
    check_more_rows(n, width, "LiDAR")
    means = views.mean(0)
    around = (views - means).reshape(-1, width)
    within = around.T @ around / len(around) + WITHIN * np.eye(width)
    centred = means - means.mean(0)
    return effective_rank(np.clip(eigh(centred.T @ centred / n, within, eigvals_only=True), 0, None))


def alpha_req(covariance: np.ndarray) -> float:
    """α of a spectrum λ_r ∝ r^(−α): slope of log eigenvalue on log rank, ranks 11–100 (or D), weights 1/rank.

    `covariance` (D, D). Agrawal et al. (NeurIPS 2022); weights as in DIAGNOSTICS. Raises below 20 ranks that are not rounding.
    """
    spectrum = eigenvalues(covariance)
    usable = min(int((spectrum > NOISE * spectrum[0]).sum()), LAST)
    if usable < FIRST + LEAST - 1:
        raise WorkbenchError(f"α-ReQ fits ranks {FIRST} to {LAST}, and the spectrum has {usable}.")
    rank = np.arange(FIRST, usable + 1)
    # polyfit squares its weights.
    slope, _ = np.polyfit(np.log(rank), np.log(spectrum[FIRST - 1 : usable]), 1, w=rank**-0.5)
    return -float(slope)


def eigenvalues(symmetric: np.ndarray) -> np.ndarray:
    """Eigenvalues, largest first, of a matrix that has none below zero but by rounding."""
    return np.clip(np.linalg.eigvalsh(symmetric)[::-1], 0, None)


def effective_rank(values: np.ndarray) -> float:
    """exp(−Σ p log p), p = values/sum + 1e-7. Raises where all are zero."""
    total = values.sum()
    if total <= 0:
        raise WorkbenchError("All values are zero: there is no rank to speak of. The encoder has collapsed.")
    p = values / total + SMALL
    return float(np.exp(-(p * np.log(p)).sum()))


def check_more_rows(n: int, width: int, what: str, rows: str = "clips") -> None:
    """Raise unless there are more rows than channels: a matrix with fewer bounds the rank by its rows."""
    if n <= width:
        raise WorkbenchError(f"{what} needs more {rows} than channels; there are {n} {rows} and {width} channels.")
