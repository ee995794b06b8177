"""Run every measurement."""

from bench import (
    check,
    cost,
    decode,
    diagnose,
    features,
    growth,
    million,
    objectives,
    probes,
    quality,
    render,
    report,
    retrieval,
    step,
    text,
    waiting,
)

TRAINING = (step, objectives, text, quality, waiting)
AFTER = (features, probes, diagnose, retrieval, report)
DATA = (render, decode, check)
GROWTH = (cost, growth, million)
for module in (*TRAINING, *AFTER, *DATA, *GROWTH):
    module.main()
    print()
