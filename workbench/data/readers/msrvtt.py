"""MSR-VTT as published for retrieval: `MSRVTT_data.json`, the lists of the protocols, and files `videoN.mp4`.

| protocol | train | val | test |
|---|---|---|---|
| `1k-A`, `9k` | `MSRVTT_train.9k.csv` | drawn from train | `MSRVTT_JSFUSION_test.csv`, one caption a video |
| `7k` | `MSRVTT_train.7k.csv` | drawn from train | the same |
| `full` | `split` of the JSON: train | validate | test |

Videos that were cut from one source share its `url` and stay together where a split is drawn. Labels are the 20 categories.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from workbench.data.readers.annotations import NAME, WORDS, Annotations, find_json, has_paths, read_annotations
from workbench.data.readers.base import READERS, Found, Layout, Options, Problem, Source, need_rows, repeats, rows
from workbench.data.readers.captions import Captions
from workbench.data.readers.files import FileIndex, need, read_table
from workbench.registry import Registry

TEST, TEST_COLUMNS = "MSRVTT_JSFUSION_test.csv", ("video_id", "sentence")
# Name of a protocol -> its list of training videos, "" where the JSON says what is in which split.
PROTOCOLS: Registry[str] = Registry("protocol")
PROTOCOLS.add("1k-A", "MSRVTT_train.9k.csv")
PROTOCOLS.add("9k", "MSRVTT_train.9k.csv")
PROTOCOLS.add("7k", "MSRVTT_train.7k.csv")
PROTOCOLS.add("full", "")
CATEGORIES = [
    "music",
    "people",
    "gaming",
    "sports/actions",
    "news/events/politics",
    "education",
    "tv shows",
    "movie/comedy",
    "animation",
    "vehicles/autos",
    "howto",
    "travel",
    "science/technology",
    "animals/pets",
    "kids/family",
    "documentary",
    "food/drink",
    "cooking",
    "beauty/fashion",
    "advertisement",
]
Listed = list[tuple[str, int]]  # video_id and line or entry


def recognise(path: Path) -> str:
    """`MSRVTT_data.json` whose videos do not name their files."""
    file = find_json(path)
    return f"{file.name} in {file.parent}" if file and file.name == NAME and not has_paths(file) else ""


def read(path: Path, options: Options) -> Found:
    """The splits of a protocol, `1k-A` unless another is asked for, with their captions."""
    protocol = options.protocol or "1k-A"
    training = PROTOCOLS[protocol]
    folder = path.parent if path.is_file() else path
    problems: list[Problem] = []
    notes = read_annotations(path if path.is_file() else need(folder, "msrvtt", NAME), problems)
    files = FileIndex.of(folder)
    if training:
        sources = {"train": Source(need(folder, "msrvtt", training), "line")}
        sources["test"] = Source(need(folder, "msrvtt", TEST), "line")
        listed = {split: list(_listed(source, problems)) for split, source in sources.items()}
    else:
        listed = _official(notes, problems)
        sources = {split: Source(notes.path, "video") for split in listed}
    paths: dict[str, str] = {}
    splits = {}
    for split, ids in listed.items():
        splits[split] = _rows(ids, sources[split], notes, files, paths, problems)
    captions = _captions(notes, paths, sources["test"] if training else None, problems)
    val = "the official one" if "val" in splits else "drawn from train, videos of one url together"
    known = [files.paths[name] for name in notes.videos if name in files.paths]
    return Found(
        layout="msrvtt",
        splits=splits,
        sources=sources,
        class_names=CATEGORIES,
        captions=captions.table(),
        notes=(
            f"protocol {protocol}; val is {val}",
            *_siblings(splits),
            *notes.unlisted(files.paths.values(), known),
        ),
        problems=(*problems, *repeats(splits, sources)),
    )


def _listed(source: Source, problems: list[Problem]) -> Iterator[tuple[str, int]]:
    for line, row in read_table(source.path, problems, "video_id"):
        yield row["video_id"].strip(), line


def _official(notes: Annotations, problems: list[Problem]) -> dict[str, Listed]:
    """The videos of each split by what their entries say."""
    found: dict[str, Listed] = {"train": [], "val": [], "test": []}
    for name, (number, entry) in notes.videos.items():
        if (word := str(entry.get("split"))) in WORDS:
            found[WORDS[word]].append((name, number))
        else:
            place = notes.place("video", number)
            problems.append(Problem("malformed entry", place, f"split={word[:40]!r}, not train, validate or test"))
    return {split: ids for split, ids in found.items() if ids}


def _rows(
    ids: Listed,
    source: Source,
    notes: Annotations,
    files: FileIndex,
    paths: dict[str, str],
    problems: list[Problem],
) -> pd.DataFrame:
    """The table of a split; the files of its videos are added to `paths`."""
    found, groups = [], []
    for name, number in ids:
        place = source.place(number)
        if name not in notes.videos:
            problems.append(Problem("unknown video", place, repr(name)))
            continue
        entry = notes.videos[name][1]
        label = entry.get("category")
        if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < len(CATEGORIES):
            problems.append(Problem("unknown label", place, f"{name}: category={str(label)[:40]!r}, not 0 to 19"))
        elif path := files.path(name, ".mp4", place, problems):
            found.append((path, label, number))
            groups.append(str(entry.get("url") or path))
            paths[name] = path
    need_rows(found, source, problems)
    return rows(found, groups)


def _captions(notes: Annotations, paths: dict[str, str], test: Source | None, problems: list[Problem]) -> Captions:
    """All captions of the videos; of those in the list `test`, if there is one, only the caption that it gives."""
    if test is None:
        return notes.captions(paths, problems)
    lines = read_table(test.path, [], *TEST_COLUMNS)  # what is wrong with them was told when the list was read
    tested = [(line, row["video_id"].strip(), row["sentence"]) for line, row in lines]
    apart = {name for _, name, _ in tested}
    captions = notes.captions({name: path for name, path in paths.items() if name not in apart}, problems)
    numbers = {
        (sentence["video_id"], str(sentence.get("caption")).strip()): sentence.get("sen_id", number - 1)
        for number, sentence in notes.sentences
    }
    free = max(numbers.values(), default=-1) + 1
    for line, name, caption in tested:
        if path := paths.get(name):
            captions.add(path, caption, test.place(line), numbers.get((name, caption.strip()), free + line))
    return captions


def _siblings(splits: dict[str, pd.DataFrame]) -> tuple[str, ...]:
    """A note about videos of train whose source video has parts in test too; the published lists stay as they are."""
    shared = splits["train"]["group"].isin(set(splits["test"]["group"])).sum() if "test" in splits else 0
    return (f"{shared} videos of train share their url with one of test, in the published lists",) if shared else ()


READERS.add(
    "msrvtt",
    Layout(
        title="MSR-VTT for retrieval; protocols 1k-A (9k), 7k, full",
        needs=f"{NAME}; {TEST} and MSRVTT_train.9k.csv or MSRVTT_train.7k.csv unless the protocol is full; and the videoN.mp4 "
        "files in a folder",
        recognise=recognise,
        read=read,
        options=("protocol",),
    ),
)
