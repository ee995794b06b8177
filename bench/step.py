"""Clips per second of the training step, and its share of the matrix rate measured beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from bench.machine import describe, gemm_rate, median_seconds, peak_memory_mb
from workbench.config import Config, MaskSettings, ModelSettings
from workbench.masking import draw_masks
from workbench.models.jepa import Jepa
from workbench.presets import build_config
from workbench.training.loop import make_optimiser

if TYPE_CHECKING:
    from workbench.text.training import TrainingCaptions
    from workbench.training.batches import Batch

# The reference: width 96, 4 layers, 64 tokens of a 32×32×8 clip, batch 64, 40 % visible, predictor width 48 with 2 layers.
# The official V-JEPA 2 model code did 190–266 clips/s of it with RoPE (median 210) at 105–135 GFLOP/s.
REFERENCE_CLIPS = 210.0
ONE_MASK = MaskSettings(kind="blocks", blocks=4, area=0.3, visible=0.4, predicted=0.6)
REFERENCE_MODEL = ModelSettings(width=96, depth=4, heads=3, predictor_width=48, predictor_depth=2, predictor_heads=2)
CASES = {
    "reference model, one mask, 40 % visible": Config(masks=(ONE_MASK,), model=REFERENCE_MODEL),
    "reference model, two masks, 40 % visible": Config(masks=(ONE_MASK, ONE_MASK), model=REFERENCE_MODEL),
    "preset standard, baseline": build_config("baseline", "standard"),
    "preset standard, ld": build_config("ld", "standard"),
    "preset standard, fwm": build_config("fwm", "standard"),
}


def block_flops(width: int, mlp_ratio: float) -> float:
    """Multiply-adds of one block's matrix products a token, times two; attention scores are left out."""
    return 2 * (4 * width**2 + 2 * mlp_ratio * width**2)


def step_flops(config: Config) -> float:
    """Floating-point operations of the matrix products of one step, for one clip: teacher, context, predictor; backward counts twice."""
    model, tokens = config.model, config.grid[0] * config.grid[1] * config.grid[2]
    pixels = model.tubelet * model.patch**2 * 3
    encoder = 2 * pixels * model.width + model.depth * block_flops(model.width, model.mlp_ratio)
    predictor = model.predictor_depth * block_flops(model.predictor_width, 4) + 4 * model.width * model.predictor_width
    total = tokens * encoder
    for mask in config.masks:
        seen, predicted = mask.visible * tokens, mask.predicted * tokens
        total += 3 * (seen * encoder + (seen + predicted) * predictor)
    return total


def attention_flops(config: Config) -> float:
    """Floating-point operations of attention's own two products, queries with keys and weights with values, of one step for one clip."""
    model, tokens = config.model, config.grid[0] * config.grid[1] * config.grid[2]
    total = model.depth * 4 * model.width * tokens**2
    for mask in config.masks:
        seen, both = mask.visible * tokens, (mask.visible + mask.predicted) * tokens
        total += 3 * 4 * (model.depth * model.width * seen**2 + model.predictor_depth * model.predictor_width * both**2)
    return total


def random_clips(config: Config) -> Tensor:
    """A batch of random pixels, uint8 (B, T, H, W, 3)."""
    data = config.data
    return torch.randint(0, 256, (config.optim.batch, data.frames, data.size, data.size, 3), dtype=torch.uint8)


def stepper(
    config: Config, captions: TrainingCaptions | None = None, batches: Iterator[Batch] | None = None
) -> Callable[[], None]:
    """A function that takes one whole step: masks, forward, backward, clipping, optimiser and teacher update.

    On random clips, or on those of `batches`, as many as the settings say. With `captions`, those of the first clips of their set.
    """
    text_width, tower = (captions.tower.width, captions.trained_tower) if captions else (0, None)
    model = Jepa(config, text_width, tower)
    optimiser = make_optimiser(model, config)
    fixed = random_clips(config)
    count = iter(range(1_000_000))

    def step() -> None:
        number = next(count)
        clips = fixed if batches is None else next(batches).clips
        masks = draw_masks(config.masks, len(clips), config.grid, 0, number, clips=clips)
        drawn = captions.draw(np.arange(len(clips)), number) if captions else None
        loss, _ = model(clips, masks, torch.tensor(0.75), drawn)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.trained_parameters(), config.optim.clip_norm)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        model.update_teacher(0.999)

    return step


def measure(config: Config) -> float:
    """Clips per second of whole steps."""
    return config.optim.batch / median_seconds(stepper(config), repeats=15)


# Kinds of work by the names of torch's operations, first match first.
KINDS = {
    "matrix products": ("addmm", "aten::mm", "bmm", "linear"),
    "attention": ("scaled_dot_product", "flash_attention"),
    "GELU": ("gelu",),
    "layer norm": ("layer_norm",),
    "moved and gathered": ("copy_", "cat", "gather", "index", "scatter", "clone", "select_backward", "slice_backward"),
    "optimiser, clipping, teacher": ("adamw", "foreach", "Optimizer"),
    "elementwise": ("mul", "add", "sub", "div", "neg", "abs", "clamp", "where", "pow", "sqrt", "sign", "lerp"),
    "sums and means": ("sum", "mean", "norm", "std", "var"),
    "drawing and sorting": ("rand", "sort", "topk", "cumsum"),
}


def where_time_goes(config: Config, steps: int = 20) -> dict[str, tuple[float, float]]:
    """Kind of work -> milliseconds a step and its share of the wall time, by torch's profiler; what is in no operation comes last.

    Operations of one kind are run one after the other by one thread, which waits while others help; so their times add up to the wall time.
    """
    step = stepper(config)
    for _ in range(3):
        step()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        started = time.perf_counter()
        for _ in range(steps):
            step()
        wall = time.perf_counter() - started
    found = dict.fromkeys((*KINDS, "other operations"), 0.0)
    for event in profile.key_averages():
        kind = next(
            (kind for kind, parts in KINDS.items() if any(part in event.key for part in parts)), "other operations"
        )
        found[kind] += event.self_cpu_time_total / 1e6
    found["between operations: Python, dispatch, autograd"] = wall - sum(found.values())
    return {kind: (1000 * seconds / steps, seconds / wall) for kind, seconds in found.items()}


def main() -> None:
    """Print the table."""
    print(f"## Training step\n\n{describe()}\n")
    print(
        "| case | clips/s | ÷ reference (210) | GEMM rate beside it, GFLOP/s | share of that rate | with attention's products |"
    )
    print("|---|---|---|---|---|---|")
    for name, config in CASES.items():
        before = gemm_rate()
        clips = measure(config)
        rate = (before + gemm_rate()) / 2
        share, more = (clips * flops / 1e9 / rate for flops in (step_flops(config), attention_flops(config)))
        ratio = clips / REFERENCE_CLIPS
        print(
            f"| {name} | {clips:.0f} | {ratio:.2f} | {rate:.0f} | {100 * share:.0f} % | {100 * (share + more):.0f} % |",
            flush=True,
        )
    print("\n| kind of work | ms a step | share |\n|---|---|---|")
    for kind, (milliseconds, share) in where_time_goes(next(iter(CASES.values()))).items():
        print(f"| {kind} | {milliseconds:.1f} | {100 * share:.0f} % |")
    print(
        f"\nOf the case {next(iter(CASES))}, while it was watched. Peak memory of the process: {peak_memory_mb():.0f} MB."
    )


if __name__ == "__main__":
    main()
