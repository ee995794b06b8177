"""decord and PyAV must agree, and both must give the frames that were asked for."""

import subprocess
import sys

import numpy as np
import pytest

from tests.data.videos import pattern, write_video
from workbench.config import DataSettings
from workbench.data.encode import write_clip
from workbench.data.factors import motion48_factors
from workbench.data.probe import KEPT_BYTES, probe_video
from workbench.data.render import render_clips
from workbench.data.video import has_decord, read_clip, read_frames
from workbench.errors import BadClip, UnknownName, WorkbenchError

needs_decord = pytest.mark.skipif(not has_decord(), reason="decord has no wheel for this platform")
NOISE = np.random.default_rng(1).integers(0, 256, (8, 64, 64, 3), dtype=np.uint8)
FILES = {
    "h264.mp4": {"clip": pattern(40, 64, 64), "options": {"g": "12"}},
    "h264.mkv": {"clip": pattern(40, 64, 64), "options": {"g": "12"}},
    "h264.mov": {"clip": pattern(20, 46, 62)},
    "wide.mp4": {"clip": pattern(8, 240, 320)},
    "bt709.mp4": {"clip": pattern(8, 64, 64), "colours": 1},
    "bt601.mp4": {"clip": pattern(8, 64, 64), "colours": 5},
    "full_range.mp4": {"clip": pattern(8, 64, 64), "pixels": "yuvj420p"},
    "444.mp4": {"clip": pattern(8, 33, 47), "pixels": "yuv444p"},
    "422.mp4": {"clip": pattern(8, 64, 64), "pixels": "yuv422p"},
    "grey.mp4": {"clip": pattern(8, 64, 64), "pixels": "gray"},
    "vp9.webm": {"clip": pattern(20, 64, 64), "codec": "libvpx-vp9", "options": {"deadline": "realtime"}},
    "vp8.webm": {"clip": pattern(20, 64, 64), "codec": "libvpx"},
    "mpeg4.avi": {"clip": pattern(30, 64, 64), "codec": "mpeg4"},
    "uneven_times.mp4": {"clip": pattern(8), "times": [0, 1, 4, 9, 16, 25, 36, 49]},
    "upside_down.mp4": {"clip": pattern(8, 48, 64), "turn": 180},
    "noise.mp4": {"clip": NOISE},
    "one_frame.mp4": {"clip": pattern(1)},
}


def far(a: np.ndarray, b: np.ndarray) -> int:
    """Largest difference in grey levels."""
    assert a.shape == b.shape
    return int(np.abs(a.astype(int) - b).max())


@needs_decord
@pytest.mark.parametrize("name", FILES)
def test_the_two_readers_agree(tmp_path, name):
    path = write_video(tmp_path / name, **FILES[name])
    count = len(FILES[name]["clip"])
    for indices in (range(count), [count - 1], [count // 2, 0, count // 2]):
        assert far(read_frames(path, indices, "decord"), read_frames(path, indices, "pyav")) <= 2


@needs_decord
def test_the_two_readers_agree_on_rendered_clips(tmp_path):
    settings = DataSettings(train_clips=30)
    for index, clip in enumerate(render_clips(motion48_factors(settings, "train"), settings).numpy()):
        path = tmp_path / f"{index}.mp4"
        write_clip(path, clip)
        assert far(read_frames(path, range(8), "decord"), read_frames(path, range(8), "pyav")) <= 2


@pytest.mark.parametrize("name", [*FILES, "h264.ts", "h264.avi", "10_bit.mp4", "quarter_turn.mp4"])
def test_frames_are_those_asked_for(tmp_path, name):
    extra = {
        "10_bit.mp4": {"clip": pattern(8, 64, 64), "pixels": "yuv420p10le"},
        "quarter_turn.mp4": {"clip": pattern(8, 48, 64), "turn": 90},
    }
    made = FILES.get(name) or extra.get(name) or {"clip": pattern(30, 64, 64), "options": {"g": "12"}}
    path, count = write_video(tmp_path / name, **made), len(made["clip"])
    everything = read_frames(path, range(count))
    truth = np.rot90(made["clip"], made.get("turn", 0) // 90, axes=(1, 2)).astype(float)
    if made.get("pixels") == "gray":
        truth = np.repeat(truth @ [[0.299], [0.587], [0.114]], 3, axis=-1)
    # Each decoded frame is nearest to its own original, so no frame is lost, doubled or out of order.
    if name != "noise.mp4":
        distance = [[np.abs(frame - other).mean() for other in truth] for frame in everything.astype(float)]
        assert np.argmin(distance, axis=1).tolist() == list(range(count))
    for indices in ([count - 1], [count // 2, count - 1], [count - 1, 0, 0]):
        assert np.array_equal(read_frames(path, indices), everything[indices])


def test_a_seek_decodes_from_the_keyframe_before(tmp_path):
    path = write_video(tmp_path / "a.mp4", pattern(200, 64, 64), options={"g": "10", "sc_threshold": "0"})
    assert len(probe_video(path).keyframes) == 20
    everything = read_frames(path, range(200), "pyav")
    assert np.array_equal(read_frames(path, [155, 158], "pyav"), everything[[155, 158]])


@pytest.mark.parametrize("name", ["h264.mp4", "h264.mkv", "h264.ts", "mpeg4.avi", "quarter_turn.mp4"])
def test_large_files_are_read_like_small_ones(tmp_path, monkeypatch, name):
    """Packets of small files stay in memory between probe and decoder; a large file is read anew from the keyframe before."""
    made = FILES.get(name) or {
        "clip": pattern(40, 48, 64),
        "options": {"g": "12"},
        "turn": 90 * name.startswith("quarter"),
    }
    path, count = write_video(tmp_path / name, **made), len(made["clip"])
    for indices in (range(count), [count - 1], [count // 2, 0, count // 2]):
        small = read_frames(path, indices)
        with monkeypatch.context() as patched:
            patched.setattr("workbench.data.probe.KEPT_BYTES", 100)
            assert path.stat().st_size < KEPT_BYTES and np.array_equal(read_frames(path, indices), small)


def test_frames_are_fitted_one_by_one(tmp_path):
    path = write_video(tmp_path / "a.mp4", pattern(8))
    seen = []
    found, _ = read_clip(
        path, lambda info: np.arange(4), fit=lambda frame: (seen.append(frame.shape), frame[:5, :7])[1]
    )
    assert seen == [(32, 32, 3)] * 4 and np.array_equal(found, read_frames(path, range(4))[:, :5, :7])


@needs_decord
def test_what_decord_cannot_read_is_said_and_not_taken_for_a_broken_file(tmp_path):
    path = write_video(tmp_path / "narrow.mp4", pattern(8, 32, 48))
    with pytest.raises(WorkbenchError, match="48 pixels wide") as caught:
        read_frames(path, [0], "decord")
    assert not isinstance(caught.value, BadClip) and read_frames(path, [0]).shape == (1, 32, 48, 3)


def test_damage_inside_a_stream_is_not_passed_on(tmp_path):
    path = write_video(tmp_path / "a.mp4", pattern(40, 64, 64), container_options={"movflags": "+faststart"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = np.random.default_rng(0).bytes(600)
    path.write_bytes(data)
    with pytest.raises(BadClip) as caught:
        read_frames(path, range(40), "pyav")
    assert caught.value.reason == "unreadable"


def test_wrong_indices_and_readers_are_refused(tmp_path):
    path = write_video(tmp_path / "a.mp4", pattern(8))
    with pytest.raises(WorkbenchError, match="frames 0 to 7"):
        read_frames(path, [8])
    with pytest.raises(WorkbenchError, match="frames 0 to 7"):
        read_frames(path, [])
    with pytest.raises(UnknownName, match="decord"):
        read_frames(path, [0], "opencv")


def test_the_chooser_sees_the_facts(tmp_path):
    path = write_video(tmp_path / "a.mp4", pattern(9))
    frames, info = read_clip(path, lambda info: np.array([info.frames - 1]))
    assert frames.shape == (1, 32, 32, 3) and info.frames == 9


def test_without_decord_pyav_reads(tmp_path):
    """In a process where importing decord fails, as where it has no wheel."""
    path = write_video(tmp_path / "a.mp4", pattern(8))
    code = (
        "import sys; sys.modules['decord'] = None\n"
        "from workbench.data.video import has_decord, read_frames\n"
        f"print(has_decord(), read_frames({str(path)!r}, range(8)).shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False (8, 32, 32, 3)"
