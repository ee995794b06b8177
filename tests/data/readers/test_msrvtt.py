"""MSR-VTT: the protocols, siblings that stay together, one caption a test video, and wrong lists."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.data.readers.sets import changed, msrvtt, problems
from workbench.config import DataSettings
from workbench.data.captioned import load_captions
from workbench.data.check import check_data
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.readers import Options, read_layout
from workbench.errors import UnknownName, WorkbenchError


def names(table: pd.DataFrame) -> list[str]:
    return [Path(path).stem for path in table["path"]]


def numbered(*numbers: int) -> list[str]:
    return [f"video{n}" for n in numbers]


@pytest.mark.parametrize(("protocol", "train"), [(None, 16), ("1k-A", 16), ("9k", 16), ("7k", 14)])
def test_the_protocols_take_the_videos_of_their_lists(tmp_path, protocol, train):
    found = read_layout(msrvtt(tmp_path, real=False), "auto", Options(protocol=protocol))
    assert found.layout == "msrvtt" and not found.problems
    assert names(found.splits["train"]) == numbered(*range(train))
    assert names(found.splits["test"]) == numbered(16, 17, 18, 19)
    assert (
        found.splits["train"]["label"].tolist() == [n // 2 % 2 for n in range(train)] and len(found.class_names) == 20
    )


def test_the_full_protocol_takes_the_splits_of_the_json_and_needs_no_list(tmp_path):
    root = msrvtt(tmp_path, real=False)
    for file in root.glob("msrvtt_data/*.csv"):
        file.unlink()
    found = read_layout(root, options=Options(protocol="full"))
    assert {split: names(table) for split, table in found.splits.items()} == {
        "train": numbered(*range(12)),
        "val": numbered(12, 13),
        "test": numbered(*range(14, 20)),
    }
    assert len(found.captions) == 60 and "val is the official one" in found.notes[0]
    with pytest.raises(WorkbenchError, match=r"has no MSRVTT_train\.9k\.csv, which the layout msrvtt needs"):
        read_layout(root)
    with pytest.raises(UnknownName, match=r"Unknown protocol '1k-B'\. Did you mean '1k-A'"):
        read_layout(root, options=Options(protocol="1k-B"))


def test_a_test_video_has_the_one_caption_of_its_list_and_the_others_all_of_theirs(tmp_path):
    captions = read_layout(msrvtt(tmp_path, real=False)).captions
    captions = captions.assign(video=[Path(path).stem for path in captions["path"]])
    assert captions["sen_id"].is_unique
    count = captions["video"].value_counts()
    assert (count[numbered(*range(16))] == 3).all() and (count[numbered(16, 17, 18, 19)] == 1).all()
    test = captions[captions["video"] == "video17"].iloc[0]
    assert (test["caption"], test["sen_id"]) == ("caption 1 of video 17", 17 * 3 + 1)


def test_a_test_caption_that_the_json_lacks_gets_a_number_of_its_own(tmp_path):
    root = msrvtt(tmp_path, real=False)
    file = root / "msrvtt_data" / "MSRVTT_JSFUSION_test.csv"
    file.write_text(file.read_text().replace("caption 1 of video 17", '"written anew, with a comma"'))
    captions = read_layout(root).captions
    row = captions[captions["caption"] == "written anew, with a comma"].iloc[0]
    assert row["sen_id"] >= 60 and captions["sen_id"].is_unique


def test_val_is_drawn_by_url_so_that_siblings_stay_together(tmp_path, home):
    import_videos(msrvtt(tmp_path / "msrvtt"), "msrvtt", val_share=0.25)
    data = DataSettings(frames=4, size=16, source="msrvtt")
    sets = {split: load_clips(data, split, progress=False) for split in ("train", "val", "test")}
    sources = {split: {int(name[5:]) // 2 for name in names(clips.table)} for split, clips in sets.items()}
    assert sources["val"] and not sources["train"] & sources["val"] and sources["test"] == {8, 9}
    assert all(len(clips) == 2 * len(sources[split]) for split, clips in sets.items())
    for split, clips in sets.items():
        captions = load_captions(data, split).merge(clips.table, on="clip")
        assert len(captions) == len(clips) * (1 if split == "test" else 3)
        assert all(row.caption.endswith(f" {Path(row.path).stem[5:]}") for row in captions.itertuples())


def test_siblings_between_train_and_test_and_files_without_entry_are_told(tmp_path):
    root = msrvtt(tmp_path, real=False)
    changed(
        root / "msrvtt_data" / "MSRVTT_data.json", lambda data: data["videos"][3].update(url=data["videos"][19]["url"])
    )
    (root / "videos" / "all" / "holiday.mp4").write_bytes(b"x")
    found = read_layout(root)
    assert "1 videos of train share their url with one of test, in the published lists" in found.notes
    assert "video files without entry in MSRVTT_data.json, so without captions: 1 (holiday.mp4)" in found.notes


def test_what_is_wrong_with_json_and_lists_is_named(tmp_path):
    root = msrvtt(tmp_path, real=False)

    def spoil(data):
        videos, sentences = data["videos"], data["sentences"]
        videos[1]["category"] = 20
        del videos[2]["category"]
        videos[3]["video_id"] = "video0"
        videos.append("video")
        sentences[3 * 4]["caption"] = " \n"
        sentences[3 * 4 + 1]["caption"] = "word " * 1000
        sentences[3 * 4 + 2]["caption"] = "half a \ud83d character"
        sentences[3 * 5]["caption"] = None
        sentences[3 * 5 + 1]["sen_id"] = 0
        sentences[3 * 5 + 2]["sen_id"] = "17"
        sentences[3 * 6]["video_id"] = "video777"
        del data["sentences"][3 * 7 : 3 * 8]

    changed(root / "msrvtt_data" / "MSRVTT_data.json", spoil)
    with (root / "msrvtt_data" / "MSRVTT_train.9k.csv").open("a") as stream:
        stream.write("video4\nvideo19\nvideo888\n")
    found = read_layout(root)
    assert sorted(problems(found)) == sorted(
        [
            ("duplicate id", "MSRVTT_data.json, video 4"),
            ("malformed entry", "MSRVTT_data.json, video 21"),
            ("unknown label", "MSRVTT_train.9k.csv, line 3"),
            ("unknown label", "MSRVTT_train.9k.csv, line 4"),
            ("unknown video", "MSRVTT_train.9k.csv, line 5"),
            ("unknown video", "MSRVTT_train.9k.csv, line 20"),
            ("listed twice", "MSRVTT_train.9k.csv, line 18"),
            ("in two splits", "MSRVTT_JSFUSION_test.csv, line 5"),
            ("empty caption", "MSRVTT_data.json, sentence 13"),
            ("huge caption", "MSRVTT_data.json, sentence 14"),
            ("caption not UTF-8", "MSRVTT_data.json, sentence 15"),
            ("malformed entry", "MSRVTT_data.json, sentence 16"),
            ("duplicate id", "MSRVTT_data.json, sentence 17"),
            ("malformed entry", "MSRVTT_data.json, sentence 18"),
            ("caption without video", "MSRVTT_data.json, sentence 19"),
            # video3 became a second video0, so its captions have no video
            *(("caption without video", f"MSRVTT_data.json, sentence {n}") for n in (10, 11, 12)),
            ("video without caption", "MSRVTT_data.json, video 8"),
        ]
    )
    report = check_data(root, progress=False)
    assert report.to_dict()["kinds"]["caption without video"] == 4 and len(report.broken) == report.clips
    with pytest.raises(WorkbenchError, match=r"huge caption: 1 case \(.*sentence 14: .*\(5000 characters\)"):
        import_videos(root, "msrvtt")


def test_a_list_without_its_column_or_with_an_empty_field(tmp_path):
    root = msrvtt(tmp_path, real=False)
    file = root / "msrvtt_data" / "MSRVTT_JSFUSION_test.csv"
    good = file.read_text()
    file.write_text(good.replace("sentence", "caption", 1))
    with pytest.raises(WorkbenchError, match=r"test\.csv, line 1 lacks the column sentence; it has \['key', "):
        read_layout(root)
    rows = ["ret9,msr3,video3,", "ret10,msr4,,a cat", "ret11,msr5,video5,a cat, then a dog", "ret12,msr6,video6, "]
    file.write_text(good + "\n".join(rows) + "\n")
    (root / "msrvtt_data" / "MSRVTT_train.9k.csv").write_text("video_id\nvideo0\n\n" + '""\n')
    found = read_layout(root)
    assert sorted(problems(found)) == [
        ("empty caption", "MSRVTT_JSFUSION_test.csv, line 6"),
        ("empty caption", "MSRVTT_JSFUSION_test.csv, line 9"),
        ("malformed entry", "MSRVTT_JSFUSION_test.csv, line 7"),
        ("malformed entry", "MSRVTT_JSFUSION_test.csv, line 8"),
        ("malformed entry", "MSRVTT_train.9k.csv, line 4"),
    ]
    (said,) = [problem.detail for problem in found.problems if problem.place.endswith("line 8")]
    assert said == "more fields than columns, from ' then a dog' on; a field with a comma needs quotes"
    file.write_bytes(good.encode() + b"ret9,msr3,video3,caf\xe9\n")
    with pytest.raises(WorkbenchError, match=r"test\.csv is not UTF-8 text"):
        read_layout(root)


def test_malformed_and_foreign_json(tmp_path):
    root = msrvtt(tmp_path, real=False)
    file = root / "msrvtt_data" / "MSRVTT_data.json"
    good = file.read_text()
    for text, said in (
        (good[:-30], r"MSRVTT_data\.json, line 1, column \d+: not JSON"),
        (json.dumps({"videos": []}), "lacks the list sentences"),
        (json.dumps({}), "lacks the lists videos and sentences"),
        ("[" * 100_000, "nested too deeply"),
    ):
        file.write_text(text)
        with pytest.raises(WorkbenchError, match=said):
            read_layout(root)
    file.write_bytes(good.encode().replace(b"caption 0 of video 0", b"caf\xe9"))
    with pytest.raises(WorkbenchError, match=r"MSRVTT_data\.json is not UTF-8 text \(byte \d+\)"):
        read_layout(root)


def test_two_files_of_one_name_are_told(tmp_path):
    root = msrvtt(tmp_path, real=False)
    (root / "more").mkdir()
    (root / "more" / "video5.mp4").write_bytes(b"x")
    assert problems(read_layout(root)) == [("two files of one name", "MSRVTT_train.9k.csv, line 7")]


def test_dead_videos_are_skipped_with_their_captions(tmp_path, home):
    root = msrvtt(tmp_path / "msrvtt", real=False)
    (root / "videos" / "all" / "video0.mp4").unlink()
    with pytest.raises(WorkbenchError, match=r"1 missing file \(.*9k\.csv, line 2: .*videos/all/video0\.mp4"):
        import_videos(root, "msrvtt")
    folder = import_videos(root, "msrvtt", skip_missing=True)
    assert json.loads((folder / "dataset.json").read_text())["captions"] == 15 * 3 + 4
    for n in range(16, 20):
        (root / "videos" / "all" / f"video{n}.mp4").unlink()
    with pytest.raises(WorkbenchError, match="5 missing files"):  # test is not drawn anew from train
        import_videos(root, "other", skip_missing=True)
