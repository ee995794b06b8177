"""Run every measurement."""

from bench import check, decode, features, growth, objectives, probes, render, step, waiting

for module in (step, objectives, waiting, features, probes, render, decode, check, growth):
    module.main()
    print()
