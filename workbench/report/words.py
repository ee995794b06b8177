"""Sentences computed from cells. Nothing here holds a number or a verdict of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.report.compare import Difference
from workbench.report.gather import Study
from workbench.report.numbers import counted, ends, listed, percent, seeds_words

PROBE_NAMES = {
    "linear": "linear",
    "linear_time": "linear per time step",
    "knn": "kNN",
    "knn_time": "kNN per time step",
    "attentive": "attentive",
}
VERDICTS = ("above", "below", "not told apart", "no interval")


def probe_name(probe: str) -> str:
    """A probe's name as it is printed."""
    return PROBE_NAMES.get(probe, probe)


def level(study: Study) -> str:
    """The confidence of a study's intervals: 95 %."""
    return f"{100 * study.confidence:g} %"


def over(study: Study) -> str:
    """What the study's numbers are means over."""
    return seeds_words(study.seeds) if len(study.seeds) == 1 else f"mean over {seeds_words(study.seeds)}"


def where(one: Difference) -> str:
    """Benchmark and probe of a cell; the factor where it is not the label."""
    factor = "" if one.factor == "label" else f" ({one.factor})"
    return f"{one.benchmark}{factor} with the {probe_name(one.probe)} probe"


def amount(one: Difference) -> str:
    """The difference in points with its interval."""
    interval = one.paired.interval
    return f"{percent(interval.estimate, signed=True)} points ({ends(interval, signed=True) or 'no interval'})"


def have(study: Study) -> str:
    """Which preset and seeds, and how many of the runs asked for have their results."""
    total = len(study.variants) * len(study.seeds)
    some = f"{total - len(study.missing)} of {counted(total, 'run')}"
    return f"Preset {study.preset}, {seeds_words(study.seeds)}: {some} asked for {'has' if total == 1 else 'have'} all results."


def criterion(study: Study, differences: Sequence[Difference | None]) -> str:
    """Whether the baseline is above the random encoder in all cells, and where it is not."""
    present = [one for one in differences if one is not None]
    total = len(differences)
    if not present:
        return "Whether the baseline stands above the random encoder cannot be said: no cell was run with both."
    met = sum(one.verdict == "above" for one in present)
    cells = f"all {total} cells" if met == total else f"{met} of {counted(total, 'cell')}"
    text = f"The baseline stands above the random encoder in {cells} ({level(study)} interval of the paired difference above zero)."
    if unmet := weak(present):
        text += f" Not met: {_in_detail(unmet) if len(unmet) <= 2 else _by_verdict(unmet)}."
    if len(present) < total:
        text += f" Not run: {counted(total - len(present), 'cell')}."
    return f"{text} {_strictly(present, total)}"


def _in_detail(found: Sequence[Difference]) -> str:
    return "; ".join(f"{where(one)}, {one.verdict}, {amount(one)}" for one in found)


def _by_verdict(found: Sequence[Difference]) -> str:
    """Not told apart on motion48 (linear, kNN); below on appearance100 (kNN)."""
    said = []
    for verdict in dict.fromkeys(one.verdict for one in found):
        alike = [one for one in found if one.verdict == verdict]
        names = dict.fromkeys(one.benchmark for one in alike)
        cells = (f"{n} ({', '.join(probe_name(one.probe) for one in alike if one.benchmark == n)})" for n in names)
        said.append(f"{verdict} on {listed(cells)}")
    return "; ".join(said)


def _strictly(present: Sequence[Difference], total: int) -> str:
    """The same question asked of the seeds alone."""
    several = [one.paired.over_seeds for one in present if one.paired.over_seeds is not None]
    if not several:
        return "One seed: nothing is known about the spread over seeds."
    methods = listed(dict.fromkeys(interval.method for interval in several))
    count = sum(interval.low > 0 for interval in several)
    return f"By the stricter interval over seeds alone ({methods}): {count} of {total}."


def versus(found: Mapping[tuple[str, str], Sequence[Difference]]) -> list[str]:
    """For each control, how often each of its variants is above, below or not told apart from it, in one sentence.

    `found`: (variant, control) -> differences, one a cell.
    """
    sentences = []
    for control in dict.fromkeys(control for _, control in found):
        mine = {variant: differences for (variant, of), differences in found.items() if of == control}
        said = [f"`{variant}` is {_standing(differences)}" for variant, differences in mine.items()]
        sentences.append(f"Against `{control}`: {'; '.join(said)}.")
    return sentences


def _standing(differences: Sequence[Difference]) -> str:
    counts = {word: sum(one.verdict == word for one in differences) for word in VERDICTS}
    said = listed([f"{word} in {count}" for word, count in counts.items() if count])
    return f"{said} of {counted(len(differences), 'cell')}"


def weak(against_random: Sequence[Difference]) -> list[Difference]:
    """Those trained cells that are not above the random encoder."""
    return [one for one in against_random if one.verdict != "above"]


def findings(against_random: Sequence[Difference]) -> list[str]:
    """For each trained variant, the cells in which it is no better than the random encoder."""
    sentences = []
    for variant in dict.fromkeys(one.variant for one in against_random):
        mine = [one for one in against_random if one.variant == variant]
        if found := weak(mine):
            sentences.append(f"`{variant}`, {len(found)} of {counted(len(mine), 'cell')}: {_in_detail(found)}.")
    return sentences


def findings_in_short(against_random: Sequence[Difference]) -> str:
    """The number of trained cells that are no better than random, in one sentence."""
    if found := weak(against_random):
        be = "is" if len(found) == 1 else "are"
        return f"Of {counted(len(against_random), 'trained cell')}, {len(found)} {be} not above the random encoder."
    return "Every trained encoder stands above the random one in every cell that was run."
