"""What the metrics of retrieval cost from embeddings of which the matrix of scores is never held.

    python -m bench.retrieval

Seconds depend on what else the machine does; the rate of a float64 product in the same run stands beside them, as most of
the work is that.
"""

from __future__ import annotations

import os
import time

import numpy as np

from bench.machine import Watch, describe, median_seconds
from workbench.retrieval import EmbeddingScores, retrieval_metrics

N, D = 10_000, 256
SECONDS, MEMORY_MB = 5, 1000


def measured(captions_a_video: int, rerank: tuple[str, ...] = ()) -> tuple[float, float, float]:
    """Seconds, seconds of both cores together and additional private memory in MB: all metrics of N videos with captions."""
    rng = np.random.default_rng(0)
    video = rng.normal(size=(N, D)).astype(np.float32)
    index = np.repeat(np.arange(N), captions_a_video)
    text = (video[index] + 4 * rng.normal(size=(len(index), D))).astype(np.float32)
    started, busy = time.perf_counter(), time.process_time()
    with Watch() as watch:
        before = watch.now
        retrieval_metrics(EmbeddingScores(text, video), index, rerank)
    return time.perf_counter() - started, time.process_time() - busy, watch.peak - before


def product_seconds() -> float:
    """Seconds of the product alone: N × N × D multiplications in float64."""
    a, b = np.ones((200, D)), np.ones((N, D))
    out = np.empty((200, N))
    return N / 200 * median_seconds(lambda: np.matmul(a, b.T, out=out))


def main() -> None:
    """Print the table."""
    measured(1)  # imports
    print(f"## Retrieval\n\n{describe()}, load {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores\n")
    print(f"The product at {N:,} × {N:,}, D = {D}, alone: {product_seconds():.1f} s\n")
    print(
        "| captions × videos | re-ranking | seconds | bound | of both cores | memory, MB | bound |\n|---|---|---|---|---|---|---|"
    )
    for captions, rerank in ((1, ()), (1, ("dual_softmax",)), (5, ())):
        seconds, busy, memory = measured(captions, rerank)
        timed = captions == 1 and not rerank
        met = f"{SECONDS} s {'met' if seconds < SECONDS else 'NOT MET'}" if timed else ""
        held = "met" if memory < MEMORY_MB else "NOT MET"
        print(
            f"| {N * captions:,} × {N:,} | {', '.join(rerank)} | {seconds:.1f} | {met} | {busy:.1f} "
            f"| {memory:.0f} | {MEMORY_MB} {held} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
