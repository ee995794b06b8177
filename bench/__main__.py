"""Run every measurement."""

from bench import decode, features, step

for module in (step, features, decode):
    module.main()
    print()
