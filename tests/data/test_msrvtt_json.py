"""MSR-VTT style JSON: the published keys, ids that are unique over the splits, and nothing lost."""

import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.captions import make_captions
from workbench.data.factors import SPLITS
from workbench.data.msrvtt_json import JSON_NAME, write_captions_json
from workbench.errors import UnknownName, WorkbenchError

SETTINGS = DataSettings(train_clips=20, val_clips=8, test_clips=12)


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    drawn = {split: BENCHMARKS["motion48"].table(SETTINGS, split) for split in SPLITS}
    return {
        split: table.assign(path=[f"videos/{split}/{clip:06d}.mp4" for clip in table["clip"]])
        for split, table in drawn.items()
    }


@pytest.fixture
def captions(tables) -> dict[str, pd.DataFrame]:
    return {split: make_captions(table, per_clip=3) for split, table in tables.items()}


def test_the_file_has_the_keys_of_msr_vtt(tables, captions, tmp_path):
    path = write_captions_json(tmp_path, tables, captions, seconds=1.0, title="made up")
    written = json.loads(path.read_text())
    assert path == tmp_path / JSON_NAME == tmp_path / "MSRVTT_data.json"
    assert list(written) == ["info", "videos", "sentences"]
    assert written["info"]["description"] == "made up"
    keys = {"id", "video_id", "category", "url", "start time", "end time", "split", "path"}
    assert all(video.keys() == keys for video in written["videos"])
    assert all(sentence.keys() == {"sen_id", "video_id", "caption"} for sentence in written["sentences"])
    assert Counter(video["split"] for video in written["videos"]) == {"train": 20, "validate": 8, "test": 12}
    assert written["videos"][3]["end time"] - written["videos"][3]["start time"] == 1.0


def test_clips_and_captions_come_back(tables, captions, tmp_path):
    written = json.loads(write_captions_json(tmp_path, tables, captions, seconds=1.0).read_text())
    videos = pd.DataFrame(written["videos"])
    for name in ("id", "video_id", "path", "url"):  # one url a video: MSR-VTT's siblings share theirs
        assert videos[name].is_unique
    assert [sentence["sen_id"] for sentence in written["sentences"]] == list(range(120))
    said = pd.DataFrame(written["sentences"]).merge(videos, on="video_id")
    for split, word in (("train", "train"), ("val", "validate"), ("test", "test")):
        expected = captions[split].merge(tables[split], on="clip")
        found = said[said["split"] == word]
        assert list(found["caption"]) == list(expected["caption"])
        assert list(found["path"]) == list(expected["path"])
        assert list(found["category"]) == list(expected["label"])


def test_a_video_has_the_name_of_its_file_where_names_differ_and_the_split_before_it_where_not(
    tables, captions, tmp_path
):
    def names() -> list[str]:
        written = json.loads(write_captions_json(tmp_path, tables, captions, seconds=1.0).read_text())
        return [video["video_id"] for video in written["videos"]]

    assert names()[0] == "train-000000"
    assert names()[20] == "validate-000000"
    for split, table in tables.items():
        tables[split] = table.assign(path=[f"{split}{clip}.mp4" for clip in table["clip"]])
    assert names()[:2] == ["train0", "train1"]
    tables["train"] = tables["train"].assign(path=[f"{clip}/a.mp4" for clip in tables["train"]["clip"]])
    with pytest.raises(WorkbenchError, match=r"1 file name \(train-a\) more than once"):
        names()


def test_what_does_not_fit_together_is_named_and_nothing_is_written(tables, captions, tmp_path):
    def fails(match: str, **changes: pd.DataFrame) -> None:
        with pytest.raises(WorkbenchError, match=match):
            write_captions_json(tmp_path, tables, captions | changes, seconds=1.0)
        assert not list(Path(tmp_path).iterdir())

    fails(r"val: 2 clips \(clip 0; clip 1\) without a caption", val=captions["val"][captions["val"]["clip"] > 1])
    extra = captions["test"].tail(1).assign(clip=99)
    fails(r"test: 1 caption \(clip 99\) of a clip that is not there", test=pd.concat([captions["test"], extra]))
    blank = captions["train"].assign(caption=["  ", *captions["train"]["caption"][1:]])
    fails(r"train: 1 empty caption \(clip 0\)", train=blank)
    with pytest.raises(WorkbenchError, match="captions of train"):
        write_captions_json(tmp_path, tables, {"train": captions["train"]}, seconds=1.0)
    with pytest.raises(UnknownName, match="split 'validate'"):
        write_captions_json(tmp_path, {"validate": tables["val"]}, {}, seconds=1.0)
