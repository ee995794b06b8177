"""Intervals and tests for accuracies on test clips, for one model and for two models on the same clips.

Two things vary: the clips a test set happens to hold, and the seed a model was trained from. Every seed sees the same
clips, so the two are crossed, and a difference is judged by both:

- **Over seeds and clips** (`two_level_bootstrap`): each draw resamples clips, and seeds n−1 at a time out of n (Rao and
  Wu 1988: n at a time would understate the spread over seeds by (n−1)/n). Crossed resampling counts the noise of single
  answers more than once (Owen 2007), so the interval is on the wide side where clips dominate. Measured coverage of the
  95 % interval with three seeds and 1,000 clips, 300 trials: 99 % where seeds do not differ, 91 % where they differ by
  a standard deviation of 0.3 logits.
- **Over seeds alone** (`seed_interval`): Student's t on the seeds' differences, BCa from six seeds on. Few seeds make
  it wide; it is what a reader looks at who trusts nothing but replication.
- **Sign-flip test** over seeds, exact; n seeds cannot go under p = 2/2ⁿ. With one seed: McNemar's exact test over clips.

Of two accuracies whose single answers are not known (published ones): Newcombe's interval of their difference (`newcombe`).

For what is no accuracy: BCa of any statistic over clips (`bca`), over source videos where clips are cut from the same
ones (`cluster_bootstrap`), the interquartile mean over benchmarks (`interquartile_mean`) and Spearman's rank correlation
(`spearman_interval`).
"""

from __future__ import annotations

from workbench.stats.bootstrap import bca, cluster_bootstrap, interquartile_mean, spearman_interval
from workbench.stats.intervals import (
    BCA_SEEDS,
    DRAWS,
    Interval,
    mean_accuracy,
    newcombe,
    seed_interval,
    two_level_bootstrap,
    wilson,
)
from workbench.stats.paired import (
    EXACT_FLIPS,
    PairedDifference,
    holm,
    mcnemar,
    paired_difference,
    sign_flip,
    sign_flip_floor,
)

__all__ = [
    "BCA_SEEDS",
    "DRAWS",
    "EXACT_FLIPS",
    "Interval",
    "PairedDifference",
    "bca",
    "cluster_bootstrap",
    "holm",
    "interquartile_mean",
    "mcnemar",
    "mean_accuracy",
    "newcombe",
    "paired_difference",
    "seed_interval",
    "sign_flip",
    "sign_flip_floor",
    "spearman_interval",
    "two_level_bootstrap",
    "wilson",
]
