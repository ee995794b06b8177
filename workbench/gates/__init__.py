"""Gates: oracles that try to solve a benchmark without what it claims to measure, and tables of how far they come."""
