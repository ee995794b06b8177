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
    retrieval,
    step,
    waiting,
)

for module in (
    step,
    objectives,
    quality,
    waiting,
    features,
    probes,
    diagnose,
    retrieval,
    render,
    decode,
    check,
    growth,
):
    module.main()
    print()
