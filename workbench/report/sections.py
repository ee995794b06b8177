"""Parts of the documents that hold results: made from the kept rows between two marks, never typed.

python -m workbench.report.sections              # rewrites them; `make results`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workbench.errors import UnknownName, WorkbenchError
from workbench.files import whole_file
from workbench.registry import Registry
from workbench.report.caption_sections import conditions, markdown, under_shift
from workbench.report.contents import contents
from workbench.report.contents.arms import Arm, arms_of
from workbench.report.contents.result_table import Line
from workbench.report.contents.results import Results
from workbench.report.numbers import counted, listed, percent, seeds_words
from workbench.report.words import probe_name

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "reports/README.md")
MARKED = re.compile(r"(<!-- results: (?P<name>[\w ]+); made by make results -->\n).*?(<!-- end of results -->)", re.S)
SECTIONS: Registry[Callable[[], str]] = Registry("section of results")


def filled(text: str, path: Path | str) -> str:
    """A document with each of its sections made anew; an unknown name, or a mark that is not closed, raises and names `path`."""

    def fill(match: re.Match[str]) -> str:
        try:
            make = SECTIONS[match["name"]]
        except UnknownName as error:
            raise WorkbenchError(f"{path}: {error}") from None
        return f"{match[1]}{make()}\n{match[3]}"

    if text.count("<!-- results: ") != len(MARKED.findall(text)):
        raise WorkbenchError(f"{path}: a mark of results is not closed by '<!-- end of results -->', or is misspelt.")
    return MARKED.sub(fill, text)


def write(paths: Sequence[Path]) -> list[Path]:
    """Fill the documents; those that changed."""
    changed = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        new = filled(text, path)
        if new != text:
            with whole_file(path) as temporary:
                temporary.write_text(new, encoding="utf-8")
            changed.append(path)
    return changed


def ablation() -> str:
    """FWM, HW and LD in the mixed regime beside random encoder and baseline: means over seeds, intervals, differences to the control."""
    report = contents("ablation", source="measured")
    assert isinstance(report, Results)
    lines = [line for line in report.lines if line.arm.reading == "as_described"]
    cells = report.parameters.cells
    heads = [f"{benchmark}, {probe_name(probe)}" for benchmark, probe in cells]
    table = markdown(["", *heads], [_ablation_row(arm, lines, cells) for arm in _arms(lines)])
    some = next(line.accuracy for line in lines if line.accuracy)
    chances = {line.benchmark: line.accuracy.chance for line in lines if line.accuracy}
    chance = listed(f"{percent(value)} % on `{name}`" for name, value in chances.items())
    commits = listed(dict.fromkeys(row.commit[:7] for line in lines for row in _rows(line)))
    return (
        f"Trained on `mixed`, preset `standard`, {seeds_words(some.seeds)}, {some.n:,} test clips a cell, frozen encoders; accuracy in per cent with its 95 % "
        f"interval ({some.interval.method}). In square brackets the difference to the control (`random` for the baseline, else the baseline), paired, with its "
        f"interval. Chance: {chance}. Rows of commits {commits}.\n\n{table}"
    )


def by_seed(regime: str) -> str:
    """Accuracies of every variant of a regime, seed by seed, by the attentive probe on both benchmarks of motion."""
    report = contents(
        "ucf101" if regime == "single" else regime, source="measured", benchmarks=list(MOTION), probe="attentive"
    )
    assert isinstance(report, Results)
    arms = [arm for arm in arms_of(report.studies, report.parameters.variants) if arm.reading == "as_described"]
    rows = [
        [f"`{arm.variant}`", *(_seeds(arm, benchmark) for benchmark in MOTION)]
        for arm in sorted(arms, key=lambda arm: arm.variant)
    ]
    words = seeds_words(report.parameters.seeds).replace(", ", " / ").replace(" and ", " / ")
    return markdown([f"`{regime}`", *(f"`{benchmark}`, {words}" for benchmark in MOTION)], rows)


MOTION = ("motion48", "temporal16")
SECTIONS.add("ablation", ablation)
SECTIONS.add("mixed by seed", lambda: by_seed("mixed"))
SECTIONS.add("single by seed", lambda: by_seed("single"))
SECTIONS.add("captions", conditions)
SECTIONS.add("captions under shift", under_shift)


def _arms(lines: Sequence[Line]) -> list[Arm]:
    return list({line.arm.variant: line.arm for line in lines}.values())


def _ablation_row(arm: Arm, lines: Sequence[Line], cells: Sequence[tuple[str, str]]) -> list[str]:
    mine = {line.cell: line for line in lines if line.arm.variant == arm.variant}
    return [f"`{arm.variant}`", *(_cell(mine.get(cell)) for cell in cells)]


def _cell(line: Line | None) -> str:
    if line is None or line.accuracy is None:
        return "not run"
    found = line.accuracy.interval
    text = f"{percent(found.estimate)} ({percent(found.low)} to {percent(found.high)})"
    less = line.differences[0] if line.differences else None
    if less is not None:
        over = less.paired.interval
        text += f" [{percent(over.estimate, signed=True)}, {percent(over.low, signed=True)} to {percent(over.high, signed=True)}]"
    return text + (" audit failed" if line.failed else "")


def _rows(line: Line) -> list[Any]:
    return list(line.arm.study.rows_of(line.arm.variant, line.benchmark, line.probe))


def _seeds(arm: Arm, benchmark: str) -> str:
    rows = arm.study.rows_of(arm.variant, benchmark, "attentive")
    found = {row.seed: percent(row.value) for row in rows}
    return " / ".join(found.get(seed, "not run") for seed in arm.study.seeds)


if __name__ == "__main__":
    done = write([ROOT / name for name in DOCUMENTS])
    print(f"{counted(len(done), 'document')} changed" + "".join(f": {path}" for path in done))
