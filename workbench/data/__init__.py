"""Clips: rendered benchmarks, a person's own videos, their decoding, and the cache that training and probing read.

`factors`, `textures`, `render` make clips from factors; `encode`, `benchmarks` write them as MP4 files; `listing`,
`imports` read folders and CSV files of videos; `probe`, `video`, `sampling` decode; `cache`, `clips` keep the decoded
frames; `check` reports what a data set holds.
"""
