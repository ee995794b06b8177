"""Probes that look at a test video several times: "attentive@2x3" reads 2 clips over its time × 3 crops and means what is said.

As V-JEPA 2 and its predecessors test: fitted and chosen on one view of a clip, then the class probabilities are averaged over
the views of each test video. Of a regression it is the values that are averaged.
"""

from __future__ import annotations

from dataclasses import replace

from workbench.data.views import ONE, Views
from workbench.features import Features
from workbench.probes.base import PROBES, Labelled, ProbeOutcome, ProbeTask


def probe_and_views(name: str) -> tuple[str, Views]:
    """The probe and the views that "PROBE" or "PROBE@CLIPSxCROPS" asks for; an unknown probe raises."""
    probe, at, views = name.partition("@")
    PROBES[probe]
    return probe, Views.parse(views) if at else ONE


def over_views(task: ProbeTask, outcome: ProbeOutcome, views: Views) -> tuple[ProbeTask, ProbeOutcome]:
    """Task and outcome of test videos, one row each, of those of their views, which lie beside each other."""
    each = len(views)
    if each == 1:
        return task, outcome
    scores = outcome.scores.reshape(-1, each, *outcome.scores.shape[1:]).mean(1)
    seen = task.test.features
    first = Features(seen.tokens[::each], seen.grid, seen.table.iloc[::each], seen.key)
    said = replace(
        outcome,
        predicted=scores if task.continuous else scores.argmax(1),
        scores=scores,
        budget=f"{outcome.budget}; test videos by {views} views (clips × crops)",
    )
    return replace(task, test=Labelled(first, task.test.labels[::each])), said
