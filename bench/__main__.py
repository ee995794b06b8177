"""Run every measurement."""

from bench import check, decode, features, growth, render, step, waiting

for module in (step, waiting, features, render, decode, check, growth):
    module.main()
    print()
