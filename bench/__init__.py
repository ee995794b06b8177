"""Measurements of speed and memory. `python -m bench` runs them all and prints Markdown; figures are ratios of one run."""
