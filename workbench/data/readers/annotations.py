"""The JSON of MSR-VTT, `{"info", "videos", "sentences"}`, as its own reader and that of one's own captioned videos take it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.data.readers.base import Problem
from workbench.data.readers.captions import Captions
from workbench.data.readers.files import checked_entries, look_for, read_json
from workbench.errors import WorkbenchError

NAME = "MSRVTT_data.json"
WORDS = {"train": "train", "validate": "val", "val": "val", "validation": "val", "test": "test"}


@dataclass(frozen=True)
class Annotations:
    """`videos`: video_id -> its number in the list and its entry; `sentences`: number and entry."""

    path: Path
    videos: dict[str, tuple[int, dict[str, Any]]]
    sentences: list[tuple[int, dict[str, Any]]]

    def place(self, what: str, number: int) -> str:
        """Words for an entry; `what` is "video" or "sentence"."""
        return f"{self.path}, {what} {number}"

    def captions(self, paths: dict[str, str], problems: list[Problem]) -> Captions:
        """The sentences of the videos in `paths` (video_id -> file). A video without one is a problem."""
        captions = Captions(problems)
        for number, sentence in self.sentences:
            if path := paths.get(sentence["video_id"]):
                place = self.place("sentence", number)
                captions.add(path, sentence.get("caption"), place, sentence.get("sen_id", number - 1))
        said = {sentence["video_id"] for _, sentence in self.sentences}
        silent = sorted((self.videos[name][0], name) for name in paths.keys() - said)
        problems += [Problem("video without caption", self.place("video", at), repr(name)) for at, name in silent]
        return captions

    def unlisted(self, files: Iterable[str], listed: Iterable[str]) -> tuple[str, ...]:
        """A note about the files that are not among the listed ones."""
        if not (rest := sorted(set(files) - set(listed))):
            return ()
        shown = ", ".join(os.path.basename(path) for path in rest[:5]) + (", …" if len(rest) > 5 else "")
        return (f"video files without entry in {self.path.name}, so without captions: {len(rest)} ({shown})",)


def find_json(path: Path) -> Path | None:
    """The JSON file at `path`, or `MSRVTT_data.json` in or below it."""
    if path.is_file():
        return path if path.suffix.lower() == ".json" else None
    return look_for(path, NAME)


def has_paths(path: Path) -> bool:
    """Whether the first video of a JSON names its file, as our own export and JSON made for one's own videos do."""
    value = read_json(path)
    videos = value.get("videos") if isinstance(value, dict) else None
    return isinstance(videos, list) and bool(videos) and isinstance(videos[0], dict) and "path" in videos[0]


def read_annotations(path: Path, problems: list[Problem]) -> Annotations:
    """Videos and sentences of a file. Entries that cannot be used, ids that come twice and captions of no video are problems."""
    value = read_json(path, dict)
    if lacking := [key for key in ("videos", "sentences") if not isinstance(value.get(key), list)]:
        raise WorkbenchError(f"{path} lacks the list{'s' * (len(lacking) > 1)} {' and '.join(lacking)}.")
    videos: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, entry in checked_entries(value["videos"], f"{path}, video", problems, video_id=str):
        if entry["video_id"] in videos:
            problems.append(Problem("duplicate id", f"{path}, video {number}", repr(entry["video_id"])))
        else:
            videos[entry["video_id"]] = (number, entry)
    sentences = []
    numbers: set[int] = set()
    for number, entry in checked_entries(value["sentences"], f"{path}, sentence", problems, video_id=str):
        place, sen_id = f"{path}, sentence {number}", entry.get("sen_id", number - 1)
        if entry["video_id"] not in videos:
            problems.append(Problem("caption without video", place, repr(entry["video_id"])))
        elif isinstance(sen_id, bool) or not isinstance(sen_id, int) or not 0 <= sen_id < 2**62:
            problems.append(Problem("malformed entry", place, f"sen_id={str(sen_id)[:40]!r}"))
        elif sen_id in numbers:
            problems.append(Problem("duplicate id", place, f"sen_id {sen_id}"))
        else:
            numbers.add(sen_id)
            sentences.append((number, entry))
    return Annotations(path, videos, sentences)
