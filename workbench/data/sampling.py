"""Which frames of a video make a clip, and how they are brought to the asked size.

| rule | frames of a clip of n | a video too short for that |
|---|---|---|
| `stride` | every `stride`-th, from the middle of the video | the largest stride that fits |
| `uniform` | the centres of n equal segments of the whole video | frames repeat, evenly |
| `fps` | those nearest to n times, 1/`fps` s apart, from the middle of the video | n times evenly over the whole video |

Under `stride` and `fps` a video with fewer frames than asked gives all of them and repeats its last one; where `fps` is above
the video's own rate frames repeat. Times are those of the file where it has exact ones, as for a variable frame rate, else
they follow from its mean rate. Frames are scaled so that the shorter side fits, with antialiasing, and cut to a square.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.data.probe import VideoInfo
from workbench.errors import BadClip, WorkbenchError
from workbench.registry import Registry

WHOLE, DENSER, FASTER = "as asked", "smaller stride", "higher rate"
REPEATED, SPREAD = "last frame repeated", "frames repeated"
SLACK = 1e-6  # seconds; times are rounded to the file's ticks


@dataclass(frozen=True)
class Sampling:
    """A rule with its settings: `frames` of a clip, `stride` between them in frames, or `fps` in frames a second."""

    frames: int
    rule: str = "stride"
    stride: int = 1
    fps: float = 8.0

    def choose(self, info: VideoInfo, place: float = 0.5) -> tuple[np.ndarray, str]:
        """Indices (frames,) into a video, and which part of the rule gave them.

        `place` from 0 to 1 is where in the video the clip lies, 0.5 its middle; of `uniform`, where in each segment.
        """
        return RULES[self.rule](info, self, place)

    def places(self, clips: int) -> list[float]:
        """`clips` values of `place` spread evenly over a video: from its beginning to its end; one clip is its middle."""
        if self.rule == "uniform" or clips == 1:  # in a segment the end belongs to the next one
            return [(number + 0.5) / clips for number in range(clips)]
        return [number / (clips - 1) for number in range(clips)]


Rule = Callable[[VideoInfo, Sampling, float], tuple[np.ndarray, str]]
RULES: Registry[Rule] = Registry("sampling rule")


def frame_indices(available: int, frames: int, stride: int, place: float = 0.5) -> tuple[np.ndarray, str]:
    """Rule `stride` by numbers: indices (frames,) into a video of `available` frames, and which part of the rule gave them."""
    if available < frames:
        return np.minimum(np.arange(frames), available - 1), REPEATED
    fitting = (available - 1) // (frames - 1) if frames > 1 else stride
    step = min(stride, fitting)
    start = int(place * (available - (frames - 1) * step - 1))
    return start + step * np.arange(frames), WHOLE if step == stride else DENSER


@RULES.register("stride")
def by_stride(info: VideoInfo, sampling: Sampling, place: float) -> tuple[np.ndarray, str]:
    """Frames `stride` apart."""
    return frame_indices(info.frames, sampling.frames, sampling.stride, place)


@RULES.register("uniform")
def by_segments(info: VideoInfo, sampling: Sampling, place: float) -> tuple[np.ndarray, str]:
    """One frame of each of n equal segments (TSN, arXiv 1608.00859)."""
    centres = (np.arange(sampling.frames) + place) * info.frames / sampling.frames
    return centres.astype(np.int64), WHOLE if info.frames >= sampling.frames else SPREAD


@RULES.register("fps")
def by_rate(info: VideoInfo, sampling: Sampling, place: float) -> tuple[np.ndarray, str]:
    """Frames 1/`fps` seconds apart, the nearest in time; raises `BadClip` where the video's rate is unknown."""
    frames, span = sampling.frames, (sampling.frames - 1) / sampling.fps
    if info.frames == 1:
        return np.zeros(frames, np.int64), REPEATED
    times = _seconds(info)
    room = times[-1] - span
    if room < -SLACK and info.frames < frames:
        return np.minimum(np.arange(frames), info.frames - 1), REPEATED
    if room < -SLACK:
        wanted, said = np.linspace(0, times[-1], frames), FASTER
    else:  # the clip begins with a frame, so that at the video's own rate no rounding doubles one
        first = times[np.searchsorted(times, place * room + SLACK, side="right") - 1]
        wanted, said = first + np.arange(frames) / sampling.fps, WHOLE
    indices = np.searchsorted((times[1:] + times[:-1]) / 2, wanted - SLACK)
    return indices, said if len(np.unique(indices)) == frames else SPREAD


def _seconds(info: VideoInfo) -> np.ndarray:
    """Time of every frame from the first one on."""
    if info.times and info.tick > 0:
        return (np.array(info.times, np.float64) - info.times[0]) * info.tick
    if info.fps <= 0:
        raise BadClip(info.path, "unreadable", "its frame rate is not known; sample by stride or uniformly instead")
    return np.arange(info.frames) / info.fps


def fit_square(frames: np.ndarray, size: int, place: float = 0.5) -> np.ndarray:
    """Scale and crop uint8 frames (n, H, W, 3) to (n, size, size, 3); frames of that size stay untouched.

    `place` from 0 to 1 is where along the longer side the square lies: 0 left or top, 0.5 the centre.
    """
    height, width = frames.shape[1:3]
    if height == size and width == size:
        return frames
    from PIL import Image

    side = min(height, width)
    left, top = place * (width - side), place * (height - side)
    box = (left, top, left + side, top + side)
    scaled = [Image.fromarray(frame).resize((size, size), Image.Resampling.BILINEAR, box) for frame in frames]
    return np.stack([np.asarray(image) for image in scaled])


def crop_places(crops: int) -> list[float]:
    """Values of `place` for `crops` squares along the longer side: the centre, or both ends and the centre."""
    if crops not in (1, 3):
        raise WorkbenchError(
            f"{crops} crops of a view: give 1 (the centre) or 3 (left, centre and right, or top to bottom)."
        )
    return [0.5] if crops == 1 else [0.0, 0.5, 1.0]
