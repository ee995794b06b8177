"""Presets (how large) and recipes (how trained), as data, and the settings of a run made from them.

Order, later wins: defaults of `config.py`, preset, recipe, variant, settings given by hand.
"""

from __future__ import annotations

from typing import Any, get_args

from workbench.config import Config, DataSettings, Reading, merge, validate
from workbench.errors import UnknownName, WorkbenchError
from workbench.own import own_folder
from workbench.paths import stays
from workbench.registry import Registry
from workbench.variants import REGIMES, VARIANTS, Variant

PRESETS: Registry[dict[str, Any]] = Registry("preset")
RECIPES: Registry[dict[str, Any]] = Registry("recipe")

# Seconds, for tests: everything runs, nothing is learnt.
PRESETS.add(
    "smoke",
    {
        "recipe": "compact",
        "data": {"train_clips": 144, "val_clips": 100, "test_clips": 100, "size": 16},
        "model": {"width": 24, "depth": 2, "heads": 2, "patch": 4, "predictor_width": 24},
        "optim": {"steps": 8, "batch": 16},
        "runtime": {"log_every": 2},
        "probe": {"train_clips": 144, "attentive_epochs": 2},
    },
)
# At most 90 seconds a run on two cores, probes included.
PRESETS.add(
    "quick",
    {
        "recipe": "compact",
        "data": {"train_clips": 3000, "val_clips": 600, "test_clips": 1000, "size": 24},
        "model": {"depth": 3, "predictor_depth": 1},
        "optim": {"steps": 600, "batch": 32},
        "probe": {"train_clips": 1500, "attentive_epochs": 15},
    },
)
# At most 5 minutes a run on two cores, probes included: the default for real tables.
PRESETS.add(
    "standard",
    {
        "recipe": "compact",
        "data": {"train_clips": 8000, "val_clips": 1500, "test_clips": 3000, "size": 24},
        "model": {"depth": 3, "predictor_depth": 1},
        "optim": {"steps": 3500, "batch": 32},
        "probe": {"train_clips": 6000, "attentive_epochs": 15},
    },
)
# The study's size: ViT-B/16, 16 frames of 224 x 224, 100 epochs of 300 steps, 4 GPUs x 8 clips. For GPUs.
PRESETS.add(
    "paper",
    {
        "recipe": "published",
        "data": {"train_clips": 48000, "val_clips": 5000, "test_clips": 10000, "frames": 16, "size": 224},
        "model": {
            "width": 768,
            "depth": 12,
            "heads": 12,
            "patch": 16,
            "predictor_width": 256,
            "predictor_depth": 8,
            "predictor_heads": 8,
            "levels": 4,
        },
        "optim": {"steps": 30000, "batch": 32},
        "runtime": {"checkpoint_seconds": 600.0},
        "probe": {"train_clips": 8000},
    },
)

# What docs/recipe.md found to learn at this scale: space-time blocks of limited extent, a slow teacher, part of the clip's mean
# taken from the targets, a learning rate that falls.
BLOCKS = {
    "kind": "blocks",
    "blocks": 4,
    "area": 0.444,
    "time": 0.5,
    "aspect": [1.0, 1.0],
    "visible": 0.4,
    "predicted": 0.5,
}
RECIPES.add(
    "compact",
    {
        "masks": [BLOCKS, BLOCKS],
        "teacher": {"ema_start": 0.998, "ema_end": 0.9995},
        "target": {"layer_norm": True, "mean_removed": 0.7},
        "optim": {"lr_start": 1e-4, "lr": 2e-3, "lr_end": 1e-4, "warmup": 0.1, "weight_decay": 0.04},
        "probe": {"encoder": "context"},
    },
)
# The study's settings (OBJECTIVES, "Base"): tubes through all of time, a fixed teacher momentum, plain layer-normed targets.
RECIPES.add(
    "published",
    {
        "masks": [
            {"kind": "blocks", "blocks": 8, "area": 0.15, "time": 1.0, "visible": 0.25, "predicted": 0.65},
            {"kind": "blocks", "blocks": 2, "area": 0.7, "time": 1.0, "visible": 0.1, "predicted": 0.8},
        ],
        "teacher": {"ema_start": 0.99925, "ema_end": 0.99925},
        "target": {"layer_norm": True, "mean_removed": 0.0},
        "optim": {"lr_start": 1e-4, "lr": 6e-4, "lr_end": 6e-4, "warmup": 0.01, "weight_decay": 0.04},
        "probe": {"encoder": "teacher"},
    },
)


def build_config(
    variant: str = "baseline",
    preset: str = "quick",
    seed: int = 0,
    recipe: str | None = None,
    changes: dict[str, Any] | None = None,
    *,
    reading: Reading = "as_described",
    data: str | None = None,
) -> Config:
    """Settings of a run. An unknown variant, preset, recipe, reading or key raises and lists the known ones.

    `data` is what to train on: a regime, which leaves the probed benchmarks as they are, or a benchmark or imported set,
    which is probed itself.
    """
    base, entry = PRESETS[preset], _entry(variant)
    recipe = recipe or str(base["recipe"])
    values = merge(base, RECIPES[recipe])
    values["masks"] = _laid_over(values["masks"], entry.masks)
    values = merge(values, entry.settings)
    if reading != "as_described":
        values = merge(values, _published(variant, reading))
    if data is not None:
        values = merge(values, _on(data))
    values = merge(values, changes or {})
    if not entry.trained:  # whatever was changed by hand: a random encoder that trained would be a false control
        values = merge(values, {"optim": {"steps": 0}})
    values |= {"variant": variant, "preset": preset, "seed": seed, "recipe": recipe, "reading": reading}
    return validate(Config, values)


def _entry(variant: str) -> Variant:
    """What is trained. A file of that name in `own/` which has not made it a variant is named."""
    try:
        return VARIANTS[variant]
    except UnknownName as error:
        if not stays(variant) or not (path := own_folder() / f"{variant}.py").is_file():
            raise
        raise WorkbenchError(
            f"{path} registers no objective '{variant}': put @wb.objective(\"{variant}\") above its class "
            f"(docs/own_objective.md). {error}"
        ) from None


def _laid_over(masks: list[dict[str, Any]], changes: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """The masks of a recipe with those of a variant laid over: one by one, or a single one over all of them."""
    if len(changes) == 1:
        changes *= len(masks)
    return [mask | change for mask, change in zip(masks, changes, strict=True)] if changes else masks


def _published(variant: str, reading: str) -> dict[str, Any]:
    entry = VARIANTS[variant]
    if reading not in get_args(Reading):
        raise UnknownName("reading", reading, get_args(Reading))
    if not entry.published:
        known = ", ".join(name for name, other in VARIANTS.items() if other.published)
        raise WorkbenchError(
            f"'{variant}' has one reading: no difference is known between what is described and what the released code "
            f"did. Two readings have: {known}."
        )
    return entry.published


def _on(data: str) -> dict[str, Any]:
    if data in (*REGIMES, *REGIMES.values()):
        return {"data": {"source": data}}
    return {"data": {"source": data}, "probe": {"benchmarks": [data]}}


def same_conditions(config: Config, variant: str) -> Config:
    """The usual settings of `variant` with the preset, seed, recipe and training data of `config`, as described."""
    return build_config(variant, config.preset, config.seed, config.recipe, data=trained_on(config))


def trained_on(config: Config) -> str | None:
    """The training data as `build_config` takes them; None for the usual ones."""
    usual = DataSettings.model_fields["source"].default
    return None if config.data.source == usual else config.data.source


def run_name(config: Config) -> str:
    """`<variant>-<preset>-s<seed>`, with what is not usual: training data, recipe, reading, and a hash of hand-made changes."""
    data = trained_on(config)
    usual = build_config(config.variant, config.preset, config.seed, config.recipe, reading=config.reading, data=data)
    name = f"{config.variant}-{config.preset}-s{config.seed}"
    if data:
        name += f"-{data}"
    if config.recipe != PRESETS[config.preset]["recipe"]:
        name += f"-{config.recipe}"
    if config.reading != "as_described":
        name += f"-{config.reading}"
    return name if usual.key() == config.key() else f"{name}-{config.key()[:6]}"
