"""An early warning when a run is collapsing: from the readings in its history, which measure, since which step, what to try.

The limits are ours, set between runs that end well and runs made to collapse (docs/quality.md). Good runs lose much of their
rank in the first steps and win some of it back, so a sign counts only where two readings in a row show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import pandas as pd

from workbench.config import Config
from workbench.training.monitor import PREFIX

HELD = 2  # readings in a row, the newest among them
SMOOTH = 9  # steps around a reading over which the loss is a mean
MOST, NEARLY_ALL = 0.85, 0.9  # of the variance
RISE = 0.1  # of the clip's share over its lowest value since the warm-up

SLOWER = "lower optim.lr or raise optim.warmup"
TEACHER = "a slower teacher (teacher.ema_start nearer 1)"


@dataclass(frozen=True)
class Warning:
    """A sign of collapse that holds at the newest readings of a run."""

    measure: str
    encoder: str
    since: int
    value: float
    said: str
    advice: str

    @property
    def text(self) -> str:
        """One line for a person."""
        return f"{self.encoder} encoder, {self.measure} since step {self.since}: {self.said}. Try {self.advice}."

    def as_json(self) -> dict[str, str | int | float]:
        """For run.json."""
        return asdict(self)


@dataclass(frozen=True)
class Sign:
    """What of a measure's readings (first to last, by step) shows collapse, in words, and what to try."""

    measure: str
    shown: Callable[[pd.DataFrame, Config], pd.Series]
    said: str
    advice: str


def _below(measure: str, share: float) -> Callable[[pd.DataFrame, Config], pd.Series]:
    return lambda readings, config: readings[measure] < share * readings[measure].iloc[0]


def _clip_takes_over(readings: pd.DataFrame, config: Config) -> pd.Series:
    """The clip has nearly all of the variance; or most of it, and more than at its lowest since the warm-up with less loss."""
    share = readings["clip"]
    lowest = share.where(readings.index >= config.optim.warmup * config.optim.steps).cummin()
    loss_then = readings["loss"].where(share == lowest).ffill()
    risen = (share > MOST) & (share > lowest + RISE) & (readings["loss"] < loss_then)
    return risen | (share > NEARLY_ALL)


SIGNS = (
    Sign(
        "std",
        _below("std", 0.25),
        "the tokens differ by less than a quarter of what they did at the start; the space is collapsing to a point",
        f"target.layer_norm=true, a teacher (teacher.kind=ema), or a term against collapse (variant sigreg); {SLOWER}",
    ),
    Sign(
        "rankme",
        _below("rankme", 0.2),
        "the tokens use less than a fifth of the directions that they did at the start",
        f"{TEACHER}, or a term against collapse (variant sigreg); {SLOWER}",
    ),
    Sign(
        "uniformity",
        lambda readings, config: readings["uniformity"] > -0.5,
        "nearly all tokens point the same way",
        f"{TEACHER}, target.layer_norm=true, or a term against collapse (variant sigreg)",
    ),
    Sign(
        "clip",
        _clip_takes_over,
        "nearly all of the variance only tells clips apart: the latent drifts to what stays fixed through a clip",
        "a larger target.mean_removed, masks of limited extent in time (recipe compact), or more that moves in the data",
    ),
)


def collapse_warnings(history: pd.DataFrame, config: Config) -> list[Warning]:
    """Signs of collapse that the newest readings in `history` show, at most one a measure and encoder; empty in a good run."""
    return [
        warning
        for encoder in ("context", "teacher")
        for warning in _of_encoder(_readings(history, encoder), encoder, config)
    ]


def _of_encoder(readings: pd.DataFrame, encoder: str, config: Config) -> Iterator[Warning]:
    for sign in SIGNS:
        if sign.measure not in readings or len(known := readings.dropna(subset=[sign.measure])) <= HELD:
            continue
        shown = sign.shown(known, config).fillna(False).astype(bool)
        since = shown.index[~shown].max() if not shown.all() else -1
        held = shown.index[shown.index > since]
        if len(held) >= HELD:
            value = float(known[sign.measure].iloc[-1])
            yield Warning(sign.measure, encoder, int(held[0]), value, sign.said, sign.advice)


def _readings(history: pd.DataFrame, encoder: str) -> pd.DataFrame:
    """Readings of an encoder by step, with the loss around them; columns are the measures."""
    prefix = f"{PREFIX}{encoder}/"
    columns = {name: name.removeprefix(prefix) for name in map(str, history) if name.startswith(prefix)}
    if not columns:
        return pd.DataFrame()
    smooth = history.assign(loss=history["loss"].rolling(SMOOTH, center=True, min_periods=1).mean())
    taken = smooth.dropna(subset=list(columns), how="all").set_index("step")
    return taken[[*columns, "loss"]].rename(columns=columns)
