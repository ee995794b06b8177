"""What captions add to a training step: ratios of one run.

    python -m bench.text [--preset standard]

Steps without and with captions alternate, and the ratio is that of their medians. The captions are those of `mixed`.
"""

from __future__ import annotations

import argparse
from typing import Any

from bench.machine import describe, gemm_rate
from bench.objectives import alternated
from bench.step import stepper
from workbench.data.clips import load_clips
from workbench.presets import build_config
from workbench.training.train import captions_of

BOUND = 1.3
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{f"{term}, tower tuned": (term, {}) for term in ("infonce", "siglip", "negclip", "vicreg_vt")},
    "infonce, tower frozen": ("infonce", {"text": {"train": "frozen"}}),
    "infonce, attentive pooling": ("infonce", {"objective": {"settings": {"infonce": {"pool": "attentive"}}}}),
    "infonce, 2 captions a clip": ("infonce", {"text": {"captions": 2}}),
}


def ratio(term: str, changes: dict[str, Any], preset: str, repeats: int = 30) -> float:
    """Median step with captions over that of the baseline."""
    few = {"data": {"source": "mixed", "train_clips": 512}}
    base = stepper(build_config("baseline", preset))
    config = build_config(f"baseline+{term}", preset, changes=few | changes)
    other = stepper(config, captions_of(config, load_clips(config.data, "train", progress=False), show=False))
    middle, theirs = alternated(base, other, repeats)
    return theirs / middle


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="standard")
    preset = parser.parse_known_args()[0].preset
    print(f"## Captions, preset {preset}\n\n{describe()}, GEMM {gemm_rate():.0f} GFLOP/s\n")
    print("| baseline with | step ÷ baseline's | bound |\n|---|---|---|")
    for name, (term, changes) in CASES.items():
        found = ratio(term, changes, preset)
        print(f"| {name} | {found:.2f} | {BOUND} {'met' if found <= BOUND else 'NOT MET'} |", flush=True)


if __name__ == "__main__":
    main()
