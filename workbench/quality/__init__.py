"""Collapse and quality of a space: variance budget, rank, geometry, likeness of two spaces. See `workbench.quality.measures`."""
