"""Is the space collapsing? Cheap measures of quality taken now and then while training, and a warning as early as they allow.

Both encoders see some whole clips of the step's batch once more, without masks and without gradient. Nothing random is drawn
and nothing is read back from the device in the step, so a run ends with the same weights with and without the monitor. The
sums stay on the device until the history is read; the columns are `quality/<encoder>/<measure>`, missing between readings.
"""

from __future__ import annotations

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor

from workbench.latents import normalise
from workbench.models.jepa import Jepa
from workbench.models.layers import tubelets
from workbench.quality.budget import SHARES, variance_budget
from workbench.quality.geometry import channel_std, mean_pair
from workbench.quality.rank import rankme_of_moment
from workbench.quality.sums import TokenSums, token_sums

PREFIX = "quality/"
MEASURES = (*SHARES, "rankme", "std", "uniformity")
EVERY = 50  # steps at least between two readings
READINGS = 50  # of a long run
CLIPS = 16  # of the step's batch
CHANNELS = 384  # of a wider latent, evenly spaced: the cost of a rank grows with their cube
PAIRED = 512  # tokens of which all pairs are made
STRIDE = 2654435761  # a prime, so that its multiples visit the tokens of every place and time alike


def monitored(step: int, steps: int) -> bool:
    """Whether a reading is due before `step` of a run of `steps`: at the first, the last, and evenly between."""
    return step % max(EVERY, steps // READINGS) == 0 or step == steps - 1


class Monitor:
    """Takes readings of a model and keeps them on the device until they are asked for."""

    def __init__(self) -> None:
        self._waiting: dict[int, dict[str, tuple[TokenSums, Tensor]]] = {}

    @torch.no_grad()
    def look(self, model: Jepa, clips: Tensor, step: int, accelerator: Accelerator) -> None:
        """Note the sums of the tokens that `model` makes of the first of `clips`, uint8 (B, T, H, W, 3)."""
        config = model.config
        clips = clips[:CLIPS].to(accelerator.device, non_blocking=True)
        tubes = tubelets(normalise(clips), config.model.tubelet, config.model.patch)
        encoders = {"context": model.encoder} | ({} if model.teacher is None else {"teacher": model.teacher})
        self._waiting[step] = {}
        for name, encoder in encoders.items():
            with accelerator.autocast():
                tokens = encoder(tubes)
            self._waiting[step][name] = _sums(tokens.float(), config.grid)

    def read(self) -> dict[int, dict[str, float]]:
        """Readings since the last call: step -> column -> value; a measure that is not defined is left out."""
        waiting, self._waiting = self._waiting, {}
        return {
            step: {f"{PREFIX}{name}/{key}": value for name, sums in of.items() for key, value in _values(*sums).items()}
            for step, of in waiting.items()
        }


def _sums(tokens: Tensor, grid: tuple[int, int, int]) -> tuple[TokenSums, Tensor]:
    """Sums of `tokens` (B, t·h·w, D) and the mean of their pairs, on their device."""
    every = -(-tokens.shape[-1] // CHANNELS)
    tokens = tokens[..., ::every]
    flat = tokens.flatten(0, 1)
    count = min(PAIRED, len(flat))
    index = torch.arange(count, device=flat.device) * STRIDE % len(flat)
    sums = token_sums(tokens.unflatten(1, (grid[0], grid[1] * grid[2])), flat.mean(0).double())
    return sums, mean_pair(flat[index])


def _values(sums: TokenSums, pair: Tensor) -> dict[str, float]:
    if not torch.isfinite(sums.gram).all():
        return {}  # the history names the term that diverged
    found = {"std": channel_std(sums.covariance()), "uniformity": float(np.log(max(float(pair), np.finfo(float).tiny)))}
    if found["std"] > 0:
        found |= variance_budget(sums)
    if sums.tokens > sums.width:
        found["rankme"] = rankme_of_moment(sums.second_moment())
    return {key: found[key] for key in MEASURES if key in found}
