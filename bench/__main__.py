"""Run every measurement."""

from bench import check, decode, features, growth, objectives, render, step, waiting

for module in (step, objectives, waiting, features, render, decode, check, growth):
    module.main()
    print()
