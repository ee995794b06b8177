import subprocess

import pytest

from workbench.files import content_key, file_key, git_state, whole_file, whole_folder, write_json


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"old": 1})
    with pytest.raises(RuntimeError), whole_file(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == '{\n  "old": 1\n}\n'
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_failed_folder_leaves_the_old_one_and_no_other(tmp_path):
    with whole_folder(tmp_path / "f") as folder:
        (folder / "x").write_text("old")
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "f") as folder:
        (folder / "x").write_text("half")
        raise RuntimeError
    assert (tmp_path / "f" / "x").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    for name in ("old", "new"):
        with whole_folder(tmp_path / "f") as folder:
            (folder / name).write_text(name)
    assert [p.name for p in (tmp_path / "f").iterdir()] == ["new"]


def test_keys_tell_content_apart_and_ignore_the_order_of_keys(tmp_path):
    assert content_key({"a": 1, "b": 2}) == content_key({"b": 2, "a": 1})
    assert content_key("ab", "c") != content_key("a", "bc")
    (tmp_path / "x").write_bytes(b"abc")
    assert file_key(tmp_path / "x").startswith("ba7816bf")


def test_changed_source_is_told_from_changed_results(tmp_path, monkeypatch):
    for name in ("workbench/files.py", "checkpoints/run/rows", "reports/measured/rows"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("as committed")
    who = ("-c", "user.name=one", "-c", "user.email=one@example.org")
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    monkeypatch.setattr("workbench.files.__file__", str(tmp_path / "workbench" / "files.py"))
    state = git_state.__wrapped__  # asked anew each time
    assert state()["dirty"] is False and len(str(state()["commit"])) == 40
    (tmp_path / "checkpoints/run/rows").write_text("probed again")
    (tmp_path / "reports/measured/rows").write_text("kept again")
    assert state()["dirty"] is False
    (tmp_path / "workbench/files.py").write_text("edited")
    assert state()["dirty"] is True
