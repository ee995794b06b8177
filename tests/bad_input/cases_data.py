"""Videos, imports, captions and MSR-VTT's own files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bad_input.breaking import both, edited, gone, imported, put, videos
from tests.bad_input.case import FOLDER, RUN, Case, Prepare, nothing
from tests.data.readers.sets import msrvtt
from tests.data.videos import patched, pattern, write_audio, write_video
from workbench.data.imports import import_videos

IMPORT, CHECK = "workbench data import videos --name mine", "workbench data check videos"
TRAIN = "workbench train baseline --preset smoke --no-probe --data mine"
LIST = "workbench data import list.csv --name mine"
OWN = "workbench data import captions.json --name mine"
MSRVTT = "workbench data import msrvtt --name msrvtt"
MADE = ("checkpoints/baseline-smoke-s0-mine/*", "cache/clips/*")


def case(kind: str, what: str, prepare: Prepare, shown: str, said: str, **more: Any) -> Case:
    """A case of this file."""
    return Case(kind, shown, said, what=what, prepare=prepare, **more)


def broken_since(home: Path) -> None:
    """Imported videos of one class that have become text."""
    imported(home)
    for path in (home / "videos" / "a").glob("*.mp4"):
        path.write_text("no video\n")


def one_class(home: Path) -> None:
    """Imported videos that are all of one class."""
    videos(home, ("a",), 6)
    import_videos(home / "videos", "mine")


def no_pictures(home: Path) -> None:
    """Among the videos one that claims frames which are not there, and one of sound alone."""
    videos(home)
    whole = write_video(home / "whole.mp4", pattern(12, 48, 64))
    patched(whole, home / "videos" / "a" / "zero.mp4", b"stsz", 16, b"\x7f\xff\xff\xff")
    write_audio(home / "videos" / "a" / "sound.mp4")


def captioned(*sentences: tuple[str, str], names: tuple[str, ...] = ("0", "1", "2")) -> Prepare:
    """Three videos `0` to `2`, `names` of them in captions.json, with these captions."""
    said = [{"video_id": name, "caption": caption} for name, caption in sentences]
    listed = {"videos": [{"video_id": name} for name in names], "sentences": said}
    return both(lambda home: videos(home, ("a",)), put("captions.json", json.dumps(listed)))


def released(change: Callable[[Path], object] = lambda folder: None) -> Prepare:
    """MSR-VTT as it is published, with something changed."""
    return lambda home: change(msrvtt(home / "msrvtt", real=False))


FILES = tuple(
    case("Videos and imports", *row)
    for row in (
        ("no such folder", nothing, IMPORT, r"videos does not exist\. Give a folder of videos, a CSV"),
        (
            "an empty folder",
            lambda home: (home / "videos").mkdir(),
            IMPORT,
            r"videos: no layout is recognised\. Each needs",
        ),
        ("a name that is taken", imported, IMPORT, r"data/mine exists\. Choose another name, or .*--replace"),
        (
            "a benchmark's name",
            videos,
            "workbench data import videos --name motion48",
            r"'motion48' would pass for a bench",
        ),
        ("", videos, "workbench data import videos --name ../x", r"'\.\./x' cannot name a data set\. Use letters"),
        ("", videos, f"{IMPORT} --layout ucf", r"Unknown layout 'ucf'\. Did you mean 'ucf101'\?"),
        ("", videos, f"{IMPORT} --val-share 0.6 --test-share 0.6", r"Shares of val \(0\.6\) and test \(0\.6\) must"),
        ("", videos, f"{IMPORT} --official-split 2", r"official-split is for ucf101; this is folder"),
        (
            "a list that names a missing file",
            both(videos, put("list.csv", "videos/a/0.mp4 0\nvideos/a/9.mp4 1\n")),
            LIST,
            r"1 missing file \(list\.csv, line 2: HOME/videos/a/9\.mp4\) of 2.*--skip-missing",
        ),
        (
            "a list with a label that is no number",
            both(videos, put("list.csv", "videos/a/0.mp4 0\nvideos/a/1.mp4 cat\n")),
            LIST,
            r"list\.csv: 1 bad line \(line 2: label 'cat' is not a whole number from 0\)\. Each line is",
        ),
        (
            "a list that names a file twice",
            both(videos, put("list.csv", "videos/a/0.mp4 0\nvideos/a/0.mp4 1\n")),
            LIST,
            r"listed twice: 1 case \(list\.csv, line 2: HOME/videos/a/0\.mp4\)\. Leave one of the rows",
        ),
        ("an empty list", put("list.csv", ""), LIST, r"list\.csv lists no videos\. Each line is a path, a space and"),
        (
            "`dataset.json` broken",
            both(imported, put("data/mine/dataset.json", "{")),
            TRAIN,
            r"data/mine/dataset\.json cannot be read \(.*Delete the folder and make or import it again",
        ),
        (
            "`dataset.json` is a list",
            both(imported, put("data/mine/dataset.json", "[]")),
            TRAIN,
            r"data/mine/dataset\.json cannot be read \(it holds no object.*Delete the folder and make or import",
        ),
        (
            "`dataset.json` of another format",
            both(imported, edited("data/mine/dataset.json", lambda info: info.update(format=0))),
            TRAIN,
            r"data/mine has format 0, this version reads 1\. Delete the folder and make or import it again",
        ),
        (
            "`train.parquet` broken",
            both(imported, put("data/mine/train.parquet", "abc")),
            TRAIN,
            r"data/mine/train\.parquet cannot be read \(.*Delete the folder and make or import it again",
        ),
    )
)
FILES = tuple(one if one.shown != TRAIN else Case(**{**one.__dict__, "leaves": MADE}) for one in FILES)

BROKEN = (
    case(
        "Videos and imports",
        "a text file called `.mp4`",
        both(videos, put("videos/a/text.mp4", "path label\n")),
        CHECK,
        r"text\.mp4.*not a video",
        status=0,
    ),
    case(
        "Videos and imports",
        "a video without a byte",
        both(videos, put("videos/a/empty.mp4", "")),
        CHECK,
        r"empty\.mp4.*empty",
        status=0,
    ),
    case("Videos and imports", "a video without a frame", no_pictures, CHECK, r"zero\.mp4.*no frames", status=0),
    case("Videos and imports", "a video of sound alone", no_pictures, CHECK, r"sound\.mp4.*no video stream", status=0),
    case(
        "Videos and imports",
        "half of the videos broken since they were imported",
        broken_since,
        TRAIN,
        r"data/mine/train\.csv: 1 broken file \(line \d: HOME/videos/a/\d\.mp4: not a video.*workbench data check.*raise data",
        leaves=MADE,
    ),
    case(
        "Videos and imports",
        "videos deleted since they were imported",
        both(imported, gone("videos/b")),
        TRAIN,
        r"data/mine/train\.csv: 1 broken file \(line \d: HOME/videos/b/\d\.mp4: missing.*Repair or remove them",
        leaves=MADE,
    ),
    case(
        "Videos and imports",
        "one class only",
        one_class,
        f"workbench probe {RUN} --benchmark mine --probe knn",
        r"labelled clips hold one class only; a probe needs two\. Choose another factor",
        leaves=(f"{FOLDER}/*", "cache/clips/*"),
    ),
)

CAPTIONS = (
    *(
        case("Captions", *row)
        for row in (
            ("broken JSON", put("captions.json", "{"), OWN, r"captions\.json, line 1, column 2: not JSON"),
            ("a list", put("captions.json", "[]"), OWN, r"captions\.json must hold an object, \{\.\.\.\}"),
            (
                "an empty caption",
                captioned(("0", "it moves"), ("1", " "), ("2", "it rests")),
                OWN,
                r"empty caption: 1 case \(captions\.json, sentence 2: .*Remove it, or write one",
            ),
            (
                "a caption of a video that is not listed",
                captioned(("0", "it moves"), ("1", "it rests"), ("2", "it spins"), ("9", "it is gone")),
                OWN,
                r"caption without video: 1 case \(captions\.json, sentence 4: '9'\)\. Remove the caption, or add its video",
            ),
            (
                "a video without a caption",
                captioned(("0", "it moves"), ("1", "it rests")),
                OWN,
                r"video without caption: 1 case \(captions\.json, video 3: '2'\)\. Add a caption, or remove the video",
            ),
            (
                "a video that is listed twice",
                captioned(("0", "it moves"), ("1", "it rests"), ("2", "it spins"), names=("0", "1", "2", "2")),
                OWN,
                r"duplicate id: 1 case \(captions\.json, video 4: '2'\)\. Leave one entry of an id",
            ),
            (
                "MSR-VTT without a list",
                released(lambda folder: (folder / "msrvtt_data" / "MSRVTT_train.9k.csv").unlink()),
                MSRVTT,
                r"msrvtt has no MSRVTT_train\.9k\.csv, which the layout msrvtt needs; see docs/data\.md",
            ),
            (
                "MSR-VTT without a video",
                released(lambda folder: (folder / "videos" / "all" / "video3.mp4").unlink()),
                MSRVTT,
                r"1 missing file \(msrvtt/msrvtt_data/MSRVTT_train\.9k\.csv, line 5: .*video3\.mp4.*--skip-missing",
            ),
            (
                "a list of MSR-VTT with a video of another release",
                both(released(), put("msrvtt/msrvtt_data/MSRVTT_train.9k.csv", "video_id\nvideo0\nvideo77\n")),
                MSRVTT,
                r"unknown video: 1 case \(msrvtt/msrvtt_data/MSRVTT_train\.9k\.csv, line 3: 'video77'\).*take both from one",
            ),
            ("", released(), f"{MSRVTT} --protocol 8k", r"Unknown protocol '8k'\. Known: 1k-A, 7k, 9k, full"),
        )
    ),
    case(
        "Captions",
        "training with captions on videos that have none",
        imported,
        f"{TRAIN} --set text.tower=compact",
        r"'mine' has no captions\. They come with the layouts",
        leaves=("checkpoints/baseline-smoke-s0-mine*", "cache/clips/*"),
    ),
)
