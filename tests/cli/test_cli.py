"""The commands as a person types them: what is printed, and the exit status."""

import json

import pytest


def test_variants_as_json_name_their_controls(run):
    status, out, _ = run("variants", "--json")
    found = {entry["name"]: entry["control"] for entry in json.loads(out)}
    assert status == 0
    assert len(found) == 28 and found.pop("baseline") == "random" and set(found.values()) == {"baseline"}


def test_benchmarks_as_json_state_classes_and_chance(run):
    _, out, _ = run("benchmarks", "--json")
    assert {entry["name"]: (entry["classes"], entry["chance %"]) for entry in json.loads(out)} == {
        "motion48": (48, 2.1),
        "temporal16": (16, 6.2),
        "appearance100": (100, 1.0),
        "mixed": (164, 0.6),
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("train", "ldd"), "Unknown variant 'ldd'. Did you mean 'ld'?"),
        (("train", "ld", "--preset", "qick"), "Unknown preset 'qick'. Did you mean 'quick'?"),
        (("train", "ld", "--set", "optim.stps=3"), "Unknown setting 'stps'. Did you mean 'steps'?"),
        (("train", "ld", "--preset", "smoke", "--data", "mine"), "mine"),
        (("probe", "nothing"), "Unknown run 'nothing'. Known: none yet."),
        (("embed", "nothing"), "Unknown run 'nothing'"),
        (("probe", "nothing@teacher"), "Forms of an encoder: RUN, RUN@teacher"),
        (("probe", "hf:no/such"), "hf download no/such"),
        (("embed", "file:no.pt2"), "There is no file no.pt2"),
        (("embed", "random", "--preset", "smok"), "Unknown preset 'smok'. Did you mean 'smoke'?"),
        (("data", "make", "motion4"), "Unknown benchmark 'motion4'. Did you mean 'motion48'?"),
        (("data", "check", "/no/such/folder"), "/no/such/folder"),
        (("report", "mian"), "Unknown report 'mian'. Did you mean 'main'?"),
        (("report", "main", "-p", "sedes=[0]"), "sedes"),
    ],
)
def test_what_a_person_can_get_wrong_is_said_without_a_traceback(run, words, message):
    status, _, err = run(*words)
    assert status == 1
    assert err.startswith("Error: ") and message in err and "Traceback" not in err


def test_a_stop_says_what_is_saved_and_ends_with_130(run, monkeypatch):
    from workbench.training import train as module
    from workbench.training.loop import Interrupted

    for stop, said in ((Interrupted(7), "Stopped at step 7, which is saved."), (KeyboardInterrupt(), "Stopped.")):
        monkeypatch.setattr(module, "train_steps", lambda *_, stop=stop: (_ for _ in ()).throw(stop))
        status, _, err = run("train", "baseline", "--preset", "smoke", "--no-probe")
        assert status == 130 and f"{said} The same command goes on from there." in err


def test_runs_say_how_to_make_the_first(run):
    status, out, _ = run("runs")
    assert status == 0 and "make demo" in out


def test_doctor_finds_what_is_there(run):
    status, out, _ = run("doctor", "--json")
    found = {entry["what"]: entry for entry in json.loads(out)}
    assert status == 0
    assert found["torch"]["ok"] and found["video decoder"]["ok"]
    assert all(entry["advice"] for entry in found.values() if not entry["ok"])


def test_doctor_names_the_cache_with_size_and_limit_and_the_extra(run, home, monkeypatch):
    shard = home / "cache" / "clips" / "shards" / "a"
    shard.mkdir(parents=True)
    (shard / "clips.u8").write_bytes(bytes(3_000_000))
    monkeypatch.setenv("WORKBENCH_CACHE_GB", "2")
    monkeypatch.setenv("WORKBENCH_BACKGROUNDS", str(home))
    status, out, _ = run("doctor", "--json")
    found = {entry["what"]: entry for entry in json.loads(out)}
    held = "3 MB of decoded clips, at most 2 GB ($WORKBENCH_CACHE_GB)"
    assert status == 0 and found["cache"]["found"] == f"{home / 'cache' / 'clips'}: {held}"
    assert found["extra natural"]["ok"] == (found["extra natural"]["found"] != "absent")
    assert "not a folder with videos" in found["$WORKBENCH_BACKGROUNDS"]["advice"]
    monkeypatch.setenv("WORKBENCH_CACHE_GB", "much")
    status, out, _ = run("doctor", "--json")
    assert status == 1 and any("WORKBENCH_CACHE_GB=much is not a size" in entry["advice"] for entry in json.loads(out))


def test_doctor_says_how_to_get_the_extra(run, monkeypatch):
    from importlib import metadata

    version = metadata.version
    absent = metadata.PackageNotFoundError("scikit-video")

    def asked(name):
        if name == "scikit-video":
            raise absent
        return version(name)

    monkeypatch.setattr(metadata, "version", asked)
    status, out, _ = run("doctor", "--json")
    (found,) = [entry for entry in json.loads(out) if entry["what"] == "extra natural"]
    assert status == 0 and found["found"] == "absent" and "pip install -e '.[natural]'" in found["advice"]


@pytest.mark.parametrize(
    ("data", "source", "probed"),
    [
        ("mixed", "mixed", ("motion48", "temporal16", "appearance100")),
        ("single", "motion48", ("motion48", "temporal16", "appearance100")),
        ("temporal16", "temporal16", ("temporal16",)),
    ],
)
def test_a_regime_is_trained_on_and_the_usual_benchmarks_are_probed(data, source, probed):
    from workbench.presets import build_config

    config = build_config(data=data)
    assert (config.data.source, config.probe.benchmarks) == (source, probed)


@pytest.mark.slow
def test_results_of_a_trained_run_are_read_by_every_command(run, with_runs):
    _, out, _ = run("runs", "--json")
    assert {entry["run"]: entry["results"] for entry in json.loads(out)} == {
        "baseline-smoke-s0": 15,
        "random-smoke-s0": 15,
    }
    _, out, _ = run("probe", "baseline-smoke-s0", "--benchmark", "motion48", "--probe", "knn", "--json")
    (row,) = json.loads(out)
    assert (row["benchmark"], row["probe"], row["n"], row["control"]) == ("motion48", "knn", 100, "random-smoke-s0")
    assert row["low"] <= row["value"] <= row["high"]
    status, _, err = run("probe", "baseline-smoke-s0", "--factor", "weight")
    assert status == 1 and "Unknown factor of motion48 'weight'" in err
    status, _, err = run("probe", "baseline-smoke-s0", "--probe", "linaer")
    assert status == 1 and "Did you mean 'linear'" in err


@pytest.mark.slow
def test_a_model_of_the_hub_is_embedded_and_probed(run, home):
    from tests.encoders.hub_models import save_vjepa2

    save_vjepa2(home / "tiny")
    encoder = (
        f"hf:{home / 'tiny'}",
        "--preset",
        "smoke",
        "--set",
        "data.train_clips=40",
        "--benchmark",
        "motion48",
        "--json",
    )
    status, out, _ = run("embed", *encoder)
    (made,) = json.loads(out)
    assert status == 0 and made["tokens"] == [100, 64, 24] and made["split"] == "test"
    status, out, err = run("probe", *encoder, "--probe", "knn", "--factor", "sprite")
    (row,) = json.loads(out)
    assert status == 0, err
    assert (row["run"], row["factor"], row["n"]) == (f"hf:{home / 'tiny'}", "sprite", 100)
    assert len(list((home / "cache" / "features").glob(f"motion48-test-*-{made['key']}"))) == 1


@pytest.mark.slow
def test_a_run_is_embedded_and_probed_at_its_teacher(run, with_runs, tmp_path, monkeypatch):
    import shutil

    shutil.copytree(with_runs, tmp_path / "copy")
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "copy"))
    status, out, _ = run("embed", "baseline-smoke-s0@teacher", "--benchmark", "motion48", "--json")
    assert status == 0 and json.loads(out)[0]["tokens"] == [100, 64, 24]
    asked = ("--benchmark", "motion48", "--probe", "knn", "--json")
    _, out, _ = run("probe", "baseline-smoke-s0@teacher", *asked)
    assert json.loads(out)[0]["encoder"] == "teacher"
    status, out, _ = run("probe", "baseline-smoke-s0", "--benchmark", "motion48", "--probe", "knn")
    assert status == 0 and "motion48" in out and "R²" not in out
    status, _, err = run("probe", "baseline-smoke-s0", "--preset", "quick")
    assert status == 1 and "has settings of its own" in err


@pytest.mark.slow
def test_a_persons_own_videos_go_the_whole_way(run, home):
    """Import a folder of class folders, train on it, probe it."""
    from workbench.data.encode import write_clip
    from workbench.data.factors import motion48_factors
    from workbench.data.render import render_clips
    from workbench.presets import build_config

    data = build_config(preset="smoke").data
    table = motion48_factors(data, "train")
    clips = render_clips(table, data).numpy()
    for kind in ("walk", "run"):
        (home / "videos" / kind).mkdir(parents=True)
    for index, clip in enumerate(clips[:60]):
        write_clip(home / "videos" / ("walk" if index % 2 else "run") / f"{index}.mp4", clip)
    (home / "videos" / "walk" / "broken.mp4").write_bytes(b"no video")
    status, out, _ = run("data", "check", str(home / "videos"), "--json")
    report = json.loads(out)
    assert status == 0 and (report["clips"], report["readable"]) == (61, 60)
    assert [entry["reason"] for entry in report["broken"]] == ["not a video"]
    status, out, _ = run("data", "import", str(home / "videos"), "--name", "mine")
    assert status == 0 and "2 classes" in out
    status, _, err = run("train", "baseline", "--data", "mine", "--preset", "smoke")
    assert status == 1 and "broken.mp4" in err and "max_bad_share" in err
    allowed = ("--set", "data.max_bad_share=0.2")
    status, out, _ = run("train", "baseline", "--data", "mine", "--preset", "smoke", *allowed, "--json")
    assert status == 0
    rows = json.loads(out)["rows"]
    assert {row["probe"] for row in rows} == {"linear", "linear_time", "knn", "knn_time", "attentive"} and {
        row["benchmark"] for row in rows
    } == {"mine"}
    assert {row["chance"] for row in rows} == {0.5}
