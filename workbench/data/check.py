"""What a data set holds and what is wrong with it, found without training on it."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from workbench.data.benchmarks import BENCHMARKS
from workbench.data.cache import in_order
from workbench.data.duplicates import same_content
from workbench.data.listing import is_there
from workbench.data.probe import VideoInfo, probe_video
from workbench.data.readers import Found, Options, Problem, kinds, read_layout, recognise
from workbench.data.video import read_frames
from workbench.errors import BadClip, UnknownName
from workbench.paths import data_root
from workbench.progress import progress_bar

if TYPE_CHECKING:
    from rich.console import Group


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
    """One file that cannot be read; `line` is that of its list, 0 in a folder."""

    split: str
    path: str
    line: int
    reason: str
    detail: str


@dataclass(frozen=True)
class Report:
    """Findings of `check_data`. Counts by value are ordered from the most frequent.

    `class_counts` has the clips of every class, those without any included. `shared` are paths listed in two splits;
    `copies` are groups of different files with equal content, each as (split, path), with several splits first.
    """

    path: str
    layout: str
    recognised: str
    notes: tuple[str, ...]
    clips: int
    readable: int
    splits: dict[str, int]
    classes: int
    class_sizes: Spread
    class_counts: dict[str, int]
    frames: Spread | None
    seconds: Spread | None
    total_seconds: float
    fps: dict[str, int]
    sizes: dict[str, int]
    codecs: dict[str, int]
    captions: int
    captions_per_clip: Spread | None
    shared: tuple[str, ...]
    copies: tuple[tuple[tuple[str, str], ...], ...]
    problems: tuple[Problem, ...]
    broken: tuple[Broken, ...]

    @property
    def empty_classes(self) -> list[str]:
        """Names of the classes without clips."""
        return [name for name, count in self.class_counts.items() if not count]

    @property
    def copies_across(self) -> int:
        """Number of groups of copies that are in several splits."""
        return sum(len({split for split, _ in group}) > 1 for group in self.copies)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {
            "problems": [problem._asdict() for problem in self.problems],
            "kinds": kinds(self.problems),
            "reasons": dict(Counter(item.reason for item in self.broken)),
            "empty_classes": self.empty_classes,
            "copies_across": self.copies_across,
        }

    def table(self) -> Group:
        """The report for a terminal, as rich renderables."""
        from workbench.data.check_table import render

        return render(self)


def check_data(
    source: str | Path,
    *,
    layout: str = "auto",
    options: Options | None = None,
    decode: bool = False,
    progress: bool = True,
) -> Report:
    """Look at every file of a data set in one of the layouts of `READERS`, or of one under `data/` by its name.

    Every file is opened and its packets are counted, which finds missing, empty, truncated and non-video files; with
    `decode` its frames are decoded too, which finds damage inside. Whole files of equal size are compared by a hash of
    their content. Of each file a few numbers are kept.
    """
    path = find_source(source)
    name, words = recognise(path) if layout == "auto" else (layout, "as asked")
    found = read_layout(path, name, options)
    tally = _look_at_all(found, f"check {path.name}", decode, progress)
    shared, copies = _copies(found, tally, progress)
    counts = _class_counts(found)
    captions = found.captions["path"].value_counts() if found.captions is not None else pd.Series(dtype="int64")
    return Report(
        path=str(path),
        layout=name,
        recognised=words,
        notes=found.notes,
        clips=tally.clips,
        readable=len(tally.frames),
        splits={split: len(table) for split, table in found.splits.items()},
        classes=sum(count > 0 for count in counts.values()),
        class_sizes=_spread([count for count in counts.values() if count]) or Spread(0, 0, 0),
        class_counts=counts,
        frames=_spread(tally.frames),
        seconds=_spread(tally.seconds),
        total_seconds=sum(tally.seconds),
        fps=dict(tally.fps.most_common()),
        sizes=dict(tally.pixels.most_common()),
        codecs=dict(tally.codecs.most_common()),
        captions=int(captions.sum()),
        captions_per_clip=_spread(captions.tolist()),
        shared=shared,
        copies=copies,
        problems=found.problems,
        broken=tuple(tally.broken),
    )


def find_source(source: str | Path) -> Path:
    """The file or folder at `source`; else the data set under `data/` of that name, the newest one of a benchmark."""
    path = Path(source).expanduser()
    if is_there(path):
        return path
    root, name = data_root(), str(source)
    if (root / name / "dataset.json").exists():
        return root / name
    made = [file.parent for file in root.glob(f"{name}-*/dataset.json")] if name in BENCHMARKS else []
    if made:
        return max(made, key=lambda folder: folder.stat().st_mtime)
    known = [file.parent.name for file in root.glob("*/dataset.json") if not file.parent.name.startswith(".")]
    raise UnknownName("file, folder or data set", source, known)


@dataclass
class _Tally:
    """Running counts over the files. `bytes` has one number a listed row, -1 for a broken file."""

    clips: int = 0
    frames: array[int] = field(default_factory=lambda: array("q"))
    seconds: array[float] = field(default_factory=lambda: array("d"))
    bytes: array[int] = field(default_factory=lambda: array("q"))
    fps: Counter[str] = field(default_factory=Counter)
    pixels: Counter[str] = field(default_factory=Counter)
    codecs: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)

    def add(self, row: Row, found: VideoInfo | BadClip) -> None:
        self.clips += 1
        if isinstance(found, BadClip):
            self.broken.append(Broken(row.split, row.path, row.line, found.reason, found.detail))
            self.bytes.append(-1)
            return
        self.frames.append(found.frames)
        self.bytes.append(found.bytes)
        if found.fps:
            self.seconds.append(found.seconds)
        self.fps[f"{found.fps:.4g}" if found.fps else "still"] += 1
        self.pixels[f"{found.width}×{found.height}"] += 1
        self.codecs[found.codec] += 1


def _look_at_all(found: Found, title: str, decode: bool, progress: bool) -> _Tally:
    tally = _Tally()
    total = sum(map(len, found.splits.values()))
    with progress_bar(title, total, show=progress) as report:
        for row, facts in in_order(lambda row: (row, _look(row.path, decode)), _rows(found)):
            tally.add(row, facts)
            report(tally.clips, f"{len(tally.broken)} broken" if tally.broken else "")
    return tally


def _rows(found: Found) -> Iterator[Row]:
    for split, table in found.splits.items():
        for path, label, line in zip(table["path"], table["label"], table["line"], strict=True):
            yield Row(split, path, int(label), int(line))


def _look(path: str, decode: bool) -> VideoInfo | BadClip:
    try:
        info = probe_video(path)
        if decode:
            read_frames(path, [0, info.frames - 1], "pyav")
    except BadClip as error:
        return error
    return replace(info, times=(), keyframes=())


def _copies(
    found: Found, tally: _Tally, progress: bool
) -> tuple[tuple[str, ...], tuple[tuple[tuple[str, str], ...], ...]]:
    """Paths that are listed in two splits, and groups of other files with equal content."""
    listed = pd.concat(
        [table[["path"]].assign(split=split) for split, table in found.splits.items()], ignore_index=True
    )
    in_splits = listed.drop_duplicates().groupby("path")["split"].size()
    listed["bytes"] = np.frombuffer(tally.bytes, dtype=np.int64)
    whole = listed[(listed["bytes"] >= 0) & ~listed["path"].duplicated()]
    paths, splits = whole["path"].tolist(), whole["split"].tolist()
    groups = same_content(paths, whole["bytes"].to_numpy(), progress)
    copies = [tuple((splits[position], paths[position]) for position in group) for group in groups]
    copies.sort(key=lambda group: -len({split for split, _ in group}))
    return tuple(sorted(in_splits[in_splits > 1].index)), tuple(copies)


def _class_counts(found: Found) -> dict[str, int]:
    """Clips of every class, by name where the classes have names."""
    labels = np.concatenate([table["label"].to_numpy(np.int64) for table in found.splits.values()])
    names = found.class_names
    if not names:  # of a list that names no classes, only those that are there can be told
        return {str(label): int(count) for label, count in zip(*np.unique(labels, return_counts=True), strict=True)}
    counts = np.bincount(labels, minlength=len(names))
    return {names[label] if label < len(names) else str(label): int(count) for label, count in enumerate(counts)}


def _spread(values: Sequence[float] | array[int] | array[float]) -> Spread | None:
    if not len(values):
        return None
    return Spread(float(min(values)), float(np.median(values)), float(max(values)))
