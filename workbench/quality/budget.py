"""Variance budget: which shares of the tokens' variance lie between clips, between places of the frame, between time steps.

Ours (DIAGNOSTICS). Latent prediction drifts to what stays fixed through a clip (arXiv 2211.10831): the clip's share that
rises while the loss falls is the early sign of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.quality.sums import TokenSums

SHARES = ("clip", "position", "time", "rest")
CONSTANT = 1e-12  # share of the mean square that varies, below which it is rounding


def variance_budget(sums: TokenSums) -> dict[str, float]:
    """Shares of the token variance, of sum 1, over all channels: keys `SHARES`.

    Sums of squares about the grand mean m of tokens z(c, t, p), clip c, time step t, position p in the frame:
    clip Σ|m_c − m|², position Σ|m_p − m|² (the same place of all clips), time Σ|m_ct − m_c|² (nested in its clip), and the
    rest of Σ|z − m|². Every clip has all of its tokens, so the parts are orthogonal. What stays at one place of one clip is in
    the rest, with what moves. Raises where all tokens are alike.
    """
    clip_squares, time_squares, positions = (
        float(sums.clip_squares),
        float(sums.time_squares),
        sums.positions.cpu().numpy(),
    )
    places, tokens = len(positions), sums.tokens
    mean_square = float(np.square(positions.sum(0) / tokens).sum()) * tokens
    total = float(sums.gram.trace()) - mean_square
    if total <= CONSTANT * (tokens * float(np.square(sums.mean()).sum()) + total):
        raise WorkbenchError("All tokens are alike: there is no variance to divide. The encoder has collapsed.")
    clip = sums.steps * places * clip_squares - mean_square
    position = float(np.square(positions).sum()) / (sums.clips * sums.steps) - mean_square
    time = places * time_squares - sums.steps * places * clip_squares
    shares = {name: max(part / total, 0.0) for name, part in zip(SHARES, (clip, position, time), strict=False)}
    return shares | {"rest": max(1.0 - sum(shares.values()), 0.0)}
