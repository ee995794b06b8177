"""Still images through the interface for videos: right pixels for every kind, and every kind of damage named."""

import numpy as np
import pytest
from PIL import Image

from tests.data.videos import cut, pattern, write_video
from workbench.data.cache import Decoding, decode_clips
from workbench.data.images import probe_image
from workbench.data.probe import REASONS, probe_video
from workbench.data.sampling import REPEATED, fit_square
from workbench.data.video import has_decord, read_clip, read_frames
from workbench.errors import BadClip

PICTURE = pattern(1, 30, 46)[0]
FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "JPEG": "JPEG", "png": "PNG", "webp": "WEBP", "bmp": "BMP"}


def write(path, pixels=PICTURE, form="PNG", **options):
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(path, form, **options)
    return path


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_image_is_a_video_of_one_frame(tmp_path, suffix):
    path = write(tmp_path / f"a.{suffix}", form=FORMATS[suffix])
    info = probe_video(path)
    assert (info.frames, info.fps, info.width, info.height) == (1, 0.0, 46, 30)
    assert (info.codec, info.container, info.seconds) == (FORMATS[suffix].lower(), "image", 0.0)
    frames, found = read_clip(path, lambda info: np.zeros(3, int))
    assert found == info and frames.shape == (3, 30, 46, 3) and frames.dtype == np.uint8
    assert np.array_equal(frames[0], np.asarray(Image.open(path).convert("RGB"))) and np.array_equal(*frames[:2])
    assert np.abs(frames[0].astype(int) - PICTURE).mean() < 12


@pytest.mark.skipif(not has_decord(), reason="decord has no wheel for this platform")
def test_images_are_read_whatever_the_reader(tmp_path):
    path = write(tmp_path / "a.png")
    assert np.array_equal(read_frames(path, [0], "decord")[0], PICTURE)


def test_any_image_format_under_any_image_suffix(tmp_path):
    """ImageNet has a PNG file that is named .JPEG."""
    path = write(tmp_path / "n02105855_2933.JPEG", form="PNG")
    assert np.array_equal(read_frames(path, [0])[0], PICTURE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_cameras_orientation_is_applied(tmp_path, orientation):
    """What is stored is turned and mirrored so that undoing it gives the picture: the EXIF standard's eight cases."""
    undone = {
        1: PICTURE, 2: PICTURE[:, ::-1], 3: PICTURE[::-1, ::-1], 4: PICTURE[::-1],
        5: PICTURE.swapaxes(0, 1), 6: np.rot90(PICTURE), 7: PICTURE[::-1, ::-1].swapaxes(0, 1), 8: np.rot90(PICTURE, -1),
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = write(tmp_path / "a.png", np.ascontiguousarray(undone[orientation]), exif=exif)
    assert np.array_equal(read_frames(path, [0])[0], PICTURE)
    assert (probe_video(path).width, probe_video(path).height) == (46, 30)


def test_grey_palette_transparent_and_cmyk_become_rgb(tmp_path):
    grey = PICTURE[..., 0]
    assert np.array_equal(read_frames(write(tmp_path / "grey.png", grey), [0])[0], np.repeat(grey[..., None], 3, -1))
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    assert np.array_equal(read_frames(write(tmp_path / "deep.png", deep), [0])[0], np.repeat(grey[..., None], 3, -1))
    clear = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 40, np.uint8)])
    assert np.array_equal(read_frames(write(tmp_path / "clear.png", clear), [0])[0], PICTURE)
    palette = Image.fromarray(PICTURE).quantize(64)
    expected = np.asarray(palette.convert("RGB"))
    assert np.array_equal(read_frames(write(tmp_path / "palette.png", palette), [0])[0], expected)
    four = Image.fromarray(PICTURE).convert("CMYK")
    found = read_frames(write(tmp_path / "four.jpg", four, "JPEG", quality=98, subsampling=0), [0])[0]
    assert np.abs(found.astype(int) - PICTURE).mean() < 3


def broken_images(folder):
    folder.mkdir()
    for suffix, form in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP"), ("bmp", "BMP")):
        cut(write(folder / f"whole.{suffix}", form=form), folder / f"half.{suffix}", 0.6)
        (folder / f"whole.{suffix}").unlink()
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("not an image\n" * 30)
    (folder / "folder.png").mkdir()
    write_video(folder / "video.mp4", pattern(4)).rename(folder / "video.jpeg")
    data = bytearray(write(folder / "damaged.png").read_bytes())
    data[60:90] = bytes(30)
    (folder / "damaged.png").write_bytes(data)
    huge = bytearray(write(folder / "huge.png").read_bytes())
    huge[16:24] = (60000).to_bytes(4, "big") * 2
    (folder / "huge.png").write_bytes(huge)
    return {
        "half.jpg": "truncated", "half.png": "truncated", "half.webp": "truncated", "half.bmp": "truncated",
        "empty.jpg": "empty", "text.jpg": "not an image", "folder.png": "not an image", "video.jpeg": "not an image",
        "damaged.png": "unreadable", "huge.png": "unreadable", "absent.jpg": "missing",
    }  # fmt: skip


def test_every_broken_image_is_named_with_its_reason(tmp_path):
    expected = broken_images(tmp_path / "images")
    found = {}
    for name in expected:
        with pytest.raises(BadClip) as caught:
            read_frames(tmp_path / "images" / name, [0])
        assert str(tmp_path / "images" / name) in str(caught.value)
        found[name] = caught.value.reason
    assert found == expected and set(found.values()) <= set(REASONS)


def test_probing_finds_all_but_damage_inside(tmp_path):
    expected = broken_images(tmp_path / "images")
    for name, reason in expected.items():
        if name != "damaged.png":
            with pytest.raises(BadClip) as caught:
                probe_video(tmp_path / "images" / name)
            assert caught.value.reason == reason, name


def test_bytes_after_the_end_of_an_image_do_no_harm(tmp_path):
    """Cameras append data of their own."""
    for suffix, form in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP"), ("bmp", "BMP")):
        path = write(tmp_path / f"a.{suffix}", form=form)
        before = read_frames(path, [0])
        path.write_bytes(path.read_bytes() + bytes(9000))
        assert probe_image(path).frames == 1 and np.array_equal(read_frames(path, [0]), before)


def test_an_image_with_the_suffix_of_a_video_is_no_video_and_says_what_it_is(tmp_path):
    for form in ("JPEG", "PNG", "WEBP", "BMP"):
        path = write(tmp_path / f"{form}.mp4", form=form)
        with pytest.raises(BadClip, match="it is an image") as caught:
            read_frames(path, [0])
        assert caught.value.reason == "not a video"


def test_images_make_still_clips_in_the_cache(home):
    paths = [str(write(home / f"{n}.jpg", pattern(1, 30, 46, seed=n)[0], "JPEG")) for n in range(3)]
    for rule in ("stride", "uniform", "fps"):
        decoded = decode_clips(paths, Decoding(4, 16, rule=rule), "x", progress=False)
        assert decoded.clips.shape == (3, 4, 16, 16, 3) and sum(decoded.sampling.values()) == 3
        for path, clip in zip(paths, decoded.clips, strict=True):
            assert np.array_equal(clip, np.repeat(fit_square(read_frames(path, [0]), 16), 4, 0))
    assert decoded.sampling == {REPEATED: 3}
