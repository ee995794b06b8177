"""Captions of any set by the name that its clips have."""

import pytest

from tests.data.videos import pattern, write_video
from workbench.config import DataSettings
from workbench.data.captioned import load_captions
from workbench.data.captions import make_captions
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.errors import UnknownName, WorkbenchError

DATA = DataSettings(train_clips=6, val_clips=4, test_clips=3, size=16, frames=4)


def test_the_captions_of_a_benchmark_are_those_of_its_clips(home):
    captions = load_captions(DATA, "val", "motion48", progress=False)
    assert captions.columns.tolist()[:4] == ["clip", "split", "caption", "sen_id"] and "colour" in captions
    table = load_clips(DATA, "val", "motion48", progress=False).table
    assert captions["caption"].tolist() == make_captions(table, DATA.seed)["caption"].tolist()
    numbers = [set(load_captions(DATA, split, "motion48")["sen_id"]) for split in ("train", "val", "test")]
    assert sum(map(len, numbers)) == len(set.union(*numbers))


def test_a_set_without_captions_and_unknown_names(home):
    write_video(home / "videos" / "a.mp4", pattern(4))
    import_videos(home / "videos", "mine")
    with pytest.raises(WorkbenchError, match="'mine' has no captions"):
        load_captions(DATA, "train", "mine")
    with pytest.raises(UnknownName, match="Unknown split 'dev'"):
        load_captions(DATA, "dev", "mine")
    with pytest.raises(UnknownName, match="Unknown data set 'yours'"):
        load_captions(DATA, "train", "yours")
