"""What a data set holds and which of its files are broken, found without training on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from workbench.data.benchmarks import BENCHMARKS
from workbench.data.cache import in_order
from workbench.data.imports import read_source
from workbench.data.probe import VideoInfo, probe_video
from workbench.data.video import read_frames
from workbench.errors import BadClip, UnknownName
from workbench.paths import data_root
from workbench.progress import progress_bar

if TYPE_CHECKING:
    from rich.console import Group

SHOWN = 20  # broken files in the printed report; `to_dict` has all


class Row(NamedTuple):
    """One listed video."""

    split: str
    path: str
    label: int
    line: int


@dataclass(frozen=True)
class Spread:
    """Smallest, median and largest of a number over the readable files."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Broken:
    """One file that cannot be read; `line` is that of its CSV, 0 in a folder."""

    split: str
    path: str
    line: int
    reason: str
    detail: str


@dataclass(frozen=True)
class Report:
    """Findings of `check_data`. Counts by value are ordered from the most frequent."""

    path: str
    clips: int
    readable: int
    splits: dict[str, int]
    classes: int
    class_sizes: Spread
    frames: Spread | None
    seconds: Spread | None
    total_seconds: float
    fps: dict[str, int]
    sizes: dict[str, int]
    codecs: dict[str, int]
    shared: tuple[str, ...]
    broken: tuple[Broken, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"reasons": dict(Counter(item.reason for item in self.broken))}

    def table(self) -> Group:
        """The report for a terminal, as rich renderables."""
        return _render(self)


def check_data(source: str | Path, *, decode: bool = False, progress: bool = True) -> Report:
    """Look at every file of a CSV, a folder, a made benchmark's folder, or a data set under `data/` by its name.

    Every file is opened and its packets are counted, which finds missing, empty, truncated and non-video files; with
    `decode` its frames are decoded too, which finds damage inside.
    """
    path = find_source(source)
    splits, _ = read_source(path)
    rows = [
        Row(split, *fields)
        for split, table in splits.items()
        for fields in zip(table["path"], table["label"], table["line"], strict=True)
    ]
    facts: list[VideoInfo] = []
    broken: list[Broken] = []

    looked = in_order(lambda row: _look(row.path, decode), rows)
    with progress_bar(f"check {path.name}", len(rows), show=progress) as report:
        for count, (row, found) in enumerate(zip(rows, looked, strict=True), start=1):
            if isinstance(found, BadClip):
                broken.append(Broken(row.split, row.path, row.line, found.reason, found.detail))
            else:
                facts.append(found)
            report(count, f"{len(broken)} broken" if broken else "")
    labels = Counter(row.label for row in rows)
    where: dict[str, set[str]] = {}
    for row in rows:
        where.setdefault(row.path, set()).add(row.split)
    return Report(
        path=str(path),
        clips=len(rows),
        readable=len(facts),
        splits={split: len(table) for split, table in splits.items()},
        classes=len(labels),
        class_sizes=_spread(list(labels.values())) or Spread(0, 0, 0),
        frames=_spread([info.frames for info in facts]),
        seconds=_spread([info.seconds for info in facts]),
        total_seconds=sum(info.seconds for info in facts),
        fps=_counts(f"{info.fps:.4g}" for info in facts),
        sizes=_counts(f"{info.width}×{info.height}" for info in facts),
        codecs=_counts(info.codec for info in facts),
        shared=tuple(sorted(path for path, found in where.items() if len(found) > 1)),
        broken=tuple(broken),
    )


def find_source(source: str | Path) -> Path:
    """The file or folder at `source`; else the data set under `data/` of that name, the newest one of a benchmark."""
    path = Path(source).expanduser()
    if path.exists():
        return path
    root, name = data_root(), str(source)
    if (root / name / "dataset.json").exists():
        return root / name
    made = [file.parent for file in root.glob(f"{name}-*/dataset.json")] if name in BENCHMARKS else []
    if made:
        return max(made, key=lambda folder: folder.stat().st_mtime)
    known = [file.parent.name for file in root.glob("*/dataset.json") if not file.parent.name.startswith(".")]
    raise UnknownName("file, folder or data set", source, known)


def _look(path: str, decode: bool) -> VideoInfo | BadClip:
    try:
        info = probe_video(path)
        if decode:
            read_frames(path, [0, info.frames - 1], "pyav")
    except BadClip as error:
        return error
    return replace(info, times=(), keyframes=())


def _spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    return Spread(float(min(values)), float(np.median(values)), float(max(values)))


def _counts(values: Any) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _render(report: Report) -> Group:
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    facts = Table(title=escape(report.path), show_header=False, title_justify="left")
    facts.add_row(
        "clips", f"{report.clips} ({', '.join(f'{split} {count}' for split, count in report.splits.items())})"
    )
    facts.add_row("readable", str(report.readable))
    facts.add_row("classes", f"{report.classes}, with {_range(report.class_sizes, '{:.0f}')} clips")
    facts.add_row("frames", _range(report.frames, "{:.0f}"))
    facts.add_row("seconds", f"{_range(report.seconds, '{:.2f}')}, {report.total_seconds:.0f} in all")
    for name, counts in (("frames a second", report.fps), ("pixels", report.sizes), ("codec", report.codecs)):
        facts.add_row(name, ", ".join(f"{value} ({count})" for value, count in list(counts.items())[:5]))
    if report.shared:
        facts.add_row("in two splits", f"{len(report.shared)} files, the first: {escape(report.shared[0])}")
    facts.add_row("broken", f"{len(report.broken)} ({len(report.broken) / max(report.clips, 1):.1%})")
    if not report.broken:
        return Group(facts)
    listing = Table("split", "line", "file", "reason", "detail", title="broken files", title_justify="left")
    for item in report.broken[:SHOWN]:
        listing.add_row(item.split, str(item.line or ""), escape(item.path), item.reason, escape(item.detail))
    rest = len(report.broken) - SHOWN
    return Group(facts, listing, *([f"and {rest} more (--json lists all)"] if rest > 0 else []))


def _range(spread: Spread | None, form: str) -> str:
    if spread is None:
        return "none"
    if spread.low == spread.high:
        return form.format(spread.low)
    return f"{form.format(spread.low)} to {form.format(spread.high)}, median {form.format(spread.middle)}"
