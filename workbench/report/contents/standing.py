"""Sentences on where arms stand: above, below or not told apart, and which fail their audits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.report.contents.common import READINGS
from workbench.report.contents.result_table import Against, Line, corrected_p
from workbench.report.numbers import counted, listed
from workbench.report.words import VERDICTS

LEVEL = 0.05  # of the corrected p values


def standing(lines: Sequence[Line], against: Sequence[Against]) -> list[str]:
    """One sentence for each thing that arms are held against, and one on audits."""
    if not any(line.accuracy for line in lines):
        return ["No cell was run."]
    corrected = corrected_p(lines)
    return [*(_one(lines, corrected[:, i], i, other) for i, other in enumerate(against)), *_audits(lines)]


def _one(lines: Sequence[Line], corrected: Iterable[float], column: int, other: Against) -> str:
    found = [line.differences[column] for line in lines]
    present = [one for one in found if one is not None]
    what = "its control" if other.name == "control" else f"`{other.name}`"
    if not present:
        return f"Against {what} nothing could be compared."
    counts = {word: sum(one.verdict == word for one in present) for word in VERDICTS}
    said = listed([f"{word} in {count}" for word, count in counts.items() if count])
    small = [one for one, p in zip(found, corrected, strict=True) if one is not None and p <= LEVEL]
    text = f"Against {what} an arm is {said} of {counted(len(present), 'cell')}, by the interval of the paired difference. "
    text += f"After Holm's correction p is at most {LEVEL:g} in {len(small)}"
    if single := sum(one.paired.one_seed for one in small):
        text += f", of which {single} {'rests' if single == 1 else 'rest'} on one seed, where p is over clips alone"
    floors = [one.paired.floor for one in present if not one.paired.one_seed]
    if floors and min(floors) > LEVEL:
        text += f"; over the seeds that there are it cannot go below {min(floors):g}"
    return text + "."


def _audits(lines: Sequence[Line]) -> list[str]:
    run = [line for line in lines if line.accuracy]
    failed = [line for line in run if line.failed]
    if not failed:
        return []
    if len(failed) == len(run):
        return ["**Every cell that was run rests on a run whose audit failed.**"]
    named: dict[str, dict[str, None]] = {}
    for line in failed:
        named.setdefault(READINGS[line.arm.reading], {})[f"`{line.arm.variant}`"] = None
    return [f"The audits of {listed(found)} {reading} fail, and mark their cells." for reading, found in named.items()]
