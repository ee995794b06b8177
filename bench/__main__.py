"""Run every measurement."""

from bench import (
    check,
    decode,
    diagnose,
    features,
    growth,
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
DATA = (render, decode, check, growth)
for module in (*TRAINING, *AFTER, *DATA):
    module.main()
    print()
