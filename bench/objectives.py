"""What each variant adds to the baseline's step, and what making masks takes of it: ratios of one run.

    python -m bench.objectives [--preset standard]

Steps of baseline and variant alternate, and the ratio is that of their medians, so a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

from bench.machine import describe, gemm_rate
from bench.step import random_clips, stepper
from workbench.masking import draw_masks
from workbench.presets import build_config
from workbench.variants import trained_variants

BOUND, EXEMPT = 1.2, ("hamiltonian", "sigreg", "sigreg_no_ema")
MASKS = {"baseline": 0.02, "motion_guided": 0.05}  # share of a step of 64 clips


def seconds(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alternated(base: Callable[[], object], other: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Medians of the seconds of both, which take turns, after three calls each that do not count."""
    for _ in range(3):
        base(), other()
    pairs = [(seconds(base), seconds(other)) for _ in range(repeats)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def ratio(variant: str, preset: str, repeats: int = 40) -> tuple[float, float]:
    """Median step of the variant over that of the baseline, and the baseline's in seconds."""
    base, other = (stepper(build_config(name, preset)) for name in ("baseline", variant))
    middle, theirs = alternated(base, other, repeats)
    return theirs / middle, middle


def mask_share(variant: str, preset: str, batch: int = 64, repeats: int = 40) -> float:
    """Seconds of making the masks of a batch over those of a whole step of it."""
    config = build_config(variant, preset, changes={"optim": {"batch": batch}})
    clips, step = random_clips(config), stepper(config)

    def masks() -> object:
        return draw_masks(config.masks, batch, config.grid, 0, 0, clips=clips)

    making, whole = alternated(masks, step, repeats)
    return making / whole


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="standard")
    preset = parser.parse_known_args()[0].preset
    print(f"## Objectives, preset {preset}\n\n{describe()}, GEMM {gemm_rate():.0f} GFLOP/s\n")
    print("| variant | step ÷ baseline's | bound |\n|---|---|---|")
    for variant in trained_variants()[1:]:
        found, _ = ratio(variant, preset)
        bound = "–" if variant in EXEMPT else f"{BOUND} {'met' if found <= BOUND else 'NOT MET'}"
        print(f"| {variant} | {found:.2f} | {bound} |", flush=True)
    print("\n| masks of 64 clips | share of a step | bound |\n|---|---|---|")
    for variant, limit in MASKS.items():
        share = mask_share(variant, preset)
        said = "met" if share < limit else "NOT MET"
        print(f"| {variant} | {100 * share:.1f} % | {100 * limit:.0f} % {said} |", flush=True)


if __name__ == "__main__":
    main()
