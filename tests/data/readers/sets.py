"""Writes small sets in the published layouts, with files in the codecs that the sets have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.data.videos import pattern, write_video

CODECS = {".mp4": "libx264", ".webm": "libvpx-vp9", ".avi": "mpeg4"}
UCF_CLASSES = ("ApplyEyeMakeup", "HandstandPushups", "YoYo")
SSV2_LABELS = {"Holding something": "1", "Pushing something from left to right": "2", "Dropping something": "0"}
DIVES = [
    ["Back", "15som", "05Twis", "FREE"],
    ["Back", "15som", "NoTwis", "PIKE"],
    ["Forward", "15som", "NoTwis", "TUCK"],
]
WNIDS = ("n01440764", "n01443537", "n02012849", "n03126707")


def put(path: Path, seed: int = 0, frames: int = 4) -> Path:
    """A small video in the codec of its suffix; each seed has its own content."""
    if not path.exists():
        write_video(path, pattern(frames, 16, 32, seed=seed), codec=CODECS[path.suffix])
    return path


def write_json(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def ucf101(root: Path, groups: int = 8, clips: int = 2) -> Path:
    """Class folders of .avi and three official splits; in split N test has the groups N and N + 3."""
    lists = root / "ucfTrainTestlist"
    lists.mkdir(parents=True)
    (lists / "classInd.txt").write_text("".join(f"{n} {name}\r\n" for n, name in enumerate(UCF_CLASSES, start=1)))
    names = {}
    for number, label in enumerate(UCF_CLASSES):
        for group in range(1, groups + 1):
            for clip in range(1, clips + 1):
                name = f"{label}/v_{label.replace('stand', 'Stand')}_g{group:02d}_c{clip:02d}.avi"
                names[name] = (number + 1, group)
                put(root / "UCF-101" / name, seed=number * 1000 + group * 10 + clip)
    for split in (1, 2, 3):
        tested = (split, split + 3)
        train = [f"{name} {number}" for name, (number, group) in names.items() if group not in tested]
        test = [name for name, (_, group) in names.items() if group in tested]
        (lists / f"trainlist{split:02d}.txt").write_text("\r\n".join(train) + "\r\n")
        (lists / f"testlist{split:02d}.txt").write_text("\r\n".join(test) + "\r\n")
    return root


def ssv2(root: Path, train: int = 12, validation: int = 4) -> Path:
    """labels/ and 20bn-something-something-v2/ with .webm (VP9)."""
    templates = ["Holding [something]", "Pushing [something] from left to right", "Dropping [something]"]
    write_json(root / "labels" / "labels.json", SSV2_LABELS)
    for split, start, count in (("train", 100, train), ("validation", 500, validation)):
        entries = []
        for n in range(count):
            put(root / "20bn-something-something-v2" / f"{start + n}.webm", seed=start + n)
            template = templates[n % 3]
            label = template.replace("[something]", f"cup {n}").lower()
            entry = {"id": str(start + n), "label": label, "template": template, "placeholders": [f"cup {n}"]}
            entries.append(entry)
        write_json(root / "labels" / f"{split}.json", entries)
    write_json(root / "labels" / "test.json", [{"id": "900"}])
    (root / "labels" / "test-answers.csv").write_text("900;Holding something\n")
    return root


def diving48(root: Path, train: int = 12, test: int = 3) -> Path:
    """Three JSON files and rgb/ with .mp4."""
    write_json(root / "Diving48_vocab.json", DIVES)
    for split, start, count in (("train", 0, train), ("test", 100, test)):
        entries = []
        for n in range(start, start + count):
            name = f"_8Vy3dlHg2w_{n:05d}"
            put(root / "rgb" / f"{name}.mp4", seed=n)
            entries.append({"vid_name": name, "label": n % 3, "start_frame": 0, "end_frame": 4})
        write_json(root / f"Diving48_V2_{split}.json", entries)
    return root


def image(path: Path, seed: int) -> Path:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pattern(1, 24, 40, seed=seed)[0]).save(path, format="JPEG")
    return path


def imagenet100(root: Path, kaggle: bool = True, each: int = 5) -> Path:
    """The folders of Kaggle's ImageNet-100, or the plain ones."""
    for number, name in enumerate(WNIDS):
        train = f"train.X{number + 1}" if kaggle else "train"
        for n in range(each):
            image(root / train / name / f"{name}_{n}.JPEG", seed=number * 100 + n)
        image(
            root / ("val.X" if kaggle else "val") / name / f"ILSVRC2012_val_{number:08d}.JPEG", seed=number * 100 + 50
        )
    if kaggle:
        words = ["tench, Tinca tinca", "goldfish, Carassius auratus", "crane", "crane"]
        write_json(root / "Labels.json", dict(zip(WNIDS, words, strict=True)))
    return root


def msrvtt(root: Path, videos: int = 20, real: bool = True) -> Path:
    """MSRVTT_data.json and the lists, where pairs of videos share a url; the last four are the 1k-A test set.

    Of the JSON's own splits train has the first 12, validate 2, test the rest.
    """
    entries, sentences = [], []
    for n in range(videos):
        path = root / "videos" / "all" / f"video{n}.mp4"
        if real:
            put(path, seed=n)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        entries.append(
            {
                "category": n // 2 % 2,
                "url": f"https://www.youtube.com/watch?v=source{n // 2}",
                "video_id": f"video{n}",
                "start time": 3.0,
                "end time": 13.0,
                "split": "train" if n < 12 else "validate" if n < 14 else "test",
                "id": n,
            }
        )
        for k in range(3):
            sentences.append(
                {"caption": f"caption {k} of video {n}", "video_id": f"video{n}", "sen_id": len(sentences)}
            )
    info = {"contributor": "x", "data_created": "2016", "version": "1.0", "description": "", "year": "2016"}
    folder = root / "msrvtt_data"
    write_json(folder / "MSRVTT_data.json", {"info": info, "videos": entries, "sentences": sentences})
    train = [f"video{n}" for n in range(videos - 4)]
    (folder / "MSRVTT_train.9k.csv").write_text("video_id\n" + "".join(f"{name}\n" for name in train))
    (folder / "MSRVTT_train.7k.csv").write_text("video_id\n" + "".join(f"{name}\n" for name in train[:14]))
    rows = [f"ret{k},msr{n},video{n},caption 1 of video {n}" for k, n in enumerate(range(videos - 4, videos))]
    (folder / "MSRVTT_JSFUSION_test.csv").write_text("key,vid_key,video_id,sentence\n" + "\n".join(rows) + "\n")
    return root


def changed(path: Path, change: Any) -> Path:
    """A JSON file with its value changed by a function, in place or by what it returns."""
    value = json.loads(path.read_text())
    return write_json(path, value if (made := change(value)) is None else made)


def problems(found: Any) -> list[tuple[str, str]]:
    """Kind and place (from the file's name on) of each problem."""
    return [(problem.kind, problem.place.rsplit("/", 1)[1]) for problem in found.problems]
