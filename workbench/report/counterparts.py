"""Which published benchmark each of ours stands for, and how the study read it."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.registry import Registry


@dataclass(frozen=True)
class Counterpart:
    """`published`: the study's benchmark; `probe`: ours that reads as the study did there; `note`: in what the reading still differs."""

    published: str
    probe: str
    note: str = ""


COUNTERPARTS: Registry[Counterpart] = Registry("benchmark that stands for a published one")
COUNTERPARTS.add("motion48", Counterpart("diving48", "attentive"))
COUNTERPARTS.add(
    "temporal16",
    Counterpart("ssv2", "attentive", "On ssv2 the study's attentive probe sees one mean token a clip; ours sees all."),
)
COUNTERPARTS.add("appearance100", Counterpart("imagenet100", "linear"))

AS_THE_STUDY = "study"  # instead of a probe's name: for each benchmark the one above
OTHERWISE = "attentive"  # of a benchmark without a published one


def study_probe(benchmark: str) -> str:
    """The probe by which the study read the benchmark that ours stands for."""
    return COUNTERPARTS[benchmark].probe if benchmark in COUNTERPARTS else OTHERWISE
