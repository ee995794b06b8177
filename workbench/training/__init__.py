"""Training: schedules, the order of the data, checkpoints, the loop, and the whole of a run (train, then probe)."""
