"""Learning rate and teacher momentum as functions of the step alone."""

from __future__ import annotations

import math

from workbench.config import OptimSettings, TeacherSettings


def learning_rate(step: int, settings: OptimSettings) -> float:
    """Linear from lr_start to lr over the warm-up, then a cosine to lr_end (flat where the two are equal)."""
    warmup = round(settings.warmup * settings.steps)
    if step < warmup:
        return settings.lr_start + (settings.lr - settings.lr_start) * step / warmup
    progress = (step - warmup) / max(settings.steps - warmup, 1)
    return settings.lr_end + (settings.lr - settings.lr_end) * 0.5 * (1 + math.cos(math.pi * progress))


def teacher_momentum(step: int, steps: int, settings: TeacherSettings) -> float:
    """Linear from ema_start to ema_end."""
    return settings.ema_start + (settings.ema_end - settings.ema_start) * step / max(steps, 1)
