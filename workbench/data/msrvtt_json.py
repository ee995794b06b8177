"""Writes clips and captions as one JSON file in the style of MSR-VTT, `MSRVTT_data.json`.

The keys are MSR-VTT's: `info`; `videos` with `id`, `video_id`, `category`, `url`, `start time`, `end time`, `split`
(train, validate or test); `sentences` with `sen_id`, `video_id`, `caption`. Three things are our own: `path`, where
the file lies, from the folder of the JSON; `category` is the clip's label, not one of MSR-VTT's 20; `url` is the same
as `path`, one a video, since MSR-VTT's siblings share theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from workbench.data.listing import counted
from workbench.errors import UnknownName, WorkbenchError
from workbench.files import write_json

JSON_NAME = "MSRVTT_data.json"
SPLIT_WORDS = {"train": "train", "val": "validate", "test": "test"}


def write_captions_json(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    captions: Mapping[str, pd.DataFrame],
    *,
    seconds: float,
    title: str = "",
) -> Path:
    """Write `folder/MSRVTT_data.json`, whole or not at all; gives its path.

    `tables`: split -> one row a clip with `clip`, `path` (in `folder`, or absolute) and `label`. `captions`: split ->
    one row a caption with `clip` and `caption`, as of `make_captions`. `seconds` is the length of a clip. `video_id`
    is the file's name without its suffix where these differ in the whole set, else `<split>-<name>`. Raises for a
    clip without caption, a caption without clip, an empty caption and files of one name.
    """
    for split in (*tables, *captions):
        if split not in SPLIT_WORDS:
            raise UnknownName("split", split, SPLIT_WORDS)
    if tables.keys() != captions.keys():
        raise WorkbenchError(
            f"Clips of {', '.join(tables)} and captions of {', '.join(captions)}: give both or neither."
        )
    ids = _video_ids(tables)
    videos: list[dict[str, Any]] = []
    sentences: list[dict[str, Any]] = []
    for split, table in tables.items():
        _check(split, table, captions[split])
        for path, label, video_id in zip(table["path"], table["label"], ids[split], strict=True):
            video = {"id": len(videos), "video_id": video_id, "category": int(label), "url": path}
            video |= {"start time": 0.0, "end time": float(seconds), "split": SPLIT_WORDS[split], "path": path}
            videos.append(video)
        names = dict(zip(table["clip"], ids[split], strict=True))
        for clip, caption in zip(captions[split]["clip"], captions[split]["caption"], strict=True):
            sentences.append({"sen_id": len(sentences), "video_id": names[clip], "caption": caption})
    now = datetime.now(UTC)
    info = {
        "contributor": "jepa-workbench",
        "data_created": now.isoformat(timespec="seconds"),
        "description": title,
        "version": "1.0",
        "year": str(now.year),
    }
    write_json(folder / JSON_NAME, {"info": info, "videos": videos, "sentences": sentences})
    return folder / JSON_NAME


def _video_ids(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """The `video_id` of every row: unique over all splits."""
    stems = {split: [PurePosixPath(path).stem for path in table["path"]] for split, table in tables.items()}
    every = [stem for names in stems.values() for stem in names]
    if len(set(every)) == len(every):
        return stems
    ids = {split: [f"{SPLIT_WORDS[split]}-{stem}" for stem in names] for split, names in stems.items()}
    joint = pd.Series([name for names in ids.values() for name in names])
    if len(twice := joint[joint.duplicated()].unique()):
        raise WorkbenchError(
            f"{counted(list(twice), 'file name')} more than once in a split. A video is found by the name of its file: "
            "give the files names of their own."
        )
    return ids


def _check(split: str, table: pd.DataFrame, captions: pd.DataFrame) -> None:
    silent = sorted(set(table["clip"]) - set(captions["clip"]))
    if silent:
        raise WorkbenchError(f"{split}: {counted([f'clip {clip}' for clip in silent], 'clip')} without a caption.")
    lost = sorted(set(captions["clip"]) - set(table["clip"]))
    if lost:
        raise WorkbenchError(
            f"{split}: {counted([f'clip {clip}' for clip in lost], 'caption')} of a clip that is not there."
        )
    empty = captions.loc[captions["caption"].str.strip() == "", "clip"]
    if len(empty):
        raise WorkbenchError(f"{split}: {counted([f'clip {clip}' for clip in empty], 'empty caption')}.")
