import numpy as np
import pytest
import torch

from tests.data.videos import pattern
from workbench.config import AugmentSettings, validate
from workbench.data.augment import Augmentation, augment, draw_augmentation
from workbench.errors import WorkbenchError
from workbench.presets import build_config
from workbench.runs import Run
from workbench.training.batches import Batch
from workbench.training.loop import Trainer, make_accelerator

CROPS = AugmentSettings(scale=(0.3, 1.0), flip=0.5)
CLIPS = torch.from_numpy(np.stack([pattern(4, 24, 24, seed=seed) for seed in range(12)]))


def test_off_by_default_nothing_is_drawn_or_changed():
    drawn = draw_augmentation(AugmentSettings(), 12, seed=0, step=0)
    assert drawn.boxes is None and drawn.mirrored is None and augment(CLIPS, drawn) is CLIPS


def test_a_flip_is_the_exact_mirror_image():
    mirrored = torch.tensor([True, False] * 6)
    found = augment(CLIPS, Augmentation(None, mirrored))
    assert torch.equal(found[0::2], CLIPS[0::2].flip(3)) and torch.equal(found[1::2], CLIPS[1::2])
    assert torch.equal(augment(found, Augmentation(None, mirrored)), CLIPS)


def test_the_share_of_flips_is_the_one_asked_for():
    for share in (0.0, 0.25, 1.0):
        drawn = draw_augmentation(AugmentSettings(flip=share), 4000, seed=1, step=2)
        flips = 0.0 if drawn.mirrored is None else drawn.mirrored.float().mean().item()
        assert abs(flips - share) < 0.03


def test_the_whole_frame_resized_to_the_whole_frame_is_the_same():
    whole = torch.tensor([[0.0, 0.0, 1.0, 1.0]]).expand(12, 4)
    assert torch.equal(augment(CLIPS, Augmentation(whole, None)), CLIPS)


@pytest.mark.parametrize(
    "box", [(0.0, 0.0, 0.5, 0.5), (0.25, 0.5, 0.5, 0.5), (0.1, 0.3, 0.85, 0.6), (0.4, 0.0, 0.6, 1.0)]
)
def test_a_crop_is_the_box_resized_as_pillow_does_it(box):
    from PIL import Image

    left, top, width, height = (24 * share for share in box)
    edges = (left, top, left + width, top + height)
    found = augment(CLIPS, Augmentation(torch.tensor([box]).expand(12, 4), None))
    for clip, changed in zip(CLIPS.numpy(), found.numpy(), strict=True):
        for frame, result in zip(clip, changed, strict=True):
            expected = Image.fromarray(frame).resize((24, 24), Image.Resampling.BILINEAR, edges)
            assert np.abs(result.astype(int) - np.asarray(expected)).max() <= 1


def test_all_frames_of_a_clip_change_alike_and_clips_differ():
    still = CLIPS[:, :1].expand(-1, 4, -1, -1, -1).contiguous()
    found = augment(still, draw_augmentation(CROPS, 12, seed=0, step=0))
    assert torch.equal(found, found[:, :1].expand_as(found))
    same = augment(still[:1].expand_as(still), draw_augmentation(CROPS, 12, seed=0, step=0))
    assert len({clip.numpy().tobytes() for clip in same}) == 12


def test_boxes_have_the_areas_and_shapes_asked_for_and_lie_inside():
    boxes = draw_augmentation(CROPS, 20000, seed=0, step=0).boxes
    left, top, width, height = boxes.unbind(1)
    area, ratio = width * height, width / height
    assert boxes.min() >= 0 and (left + width).max() <= 1 + 1e-6 and (top + height).max() <= 1 + 1e-6
    assert abs(area.min() - 0.3) < 0.01 and abs(area.max() - 1) < 0.01 and abs(area.mean() - 0.65) < 0.01
    assert ratio.min() >= 0.75 - 1e-4 and ratio.max() <= 1.35 + 1e-4 and abs(ratio.log().mean()) < 0.02
    assert abs((left / (1 - width)).mean() - 0.5) < 0.02  # anywhere inside, evenly


def test_draws_are_a_function_of_seed_and_step():
    def boxes(seed, step):
        return draw_augmentation(CROPS, 8, seed, step).boxes

    assert torch.equal(boxes(3, 7), boxes(3, 7))
    assert not torch.equal(boxes(3, 7), boxes(3, 8)) and not torch.equal(boxes(3, 7), boxes(4, 7))


def test_the_shares_of_the_processes_make_up_the_joint_batch():
    drawn = draw_augmentation(CROPS, 12, seed=0, step=5)
    joint = augment(CLIPS, drawn)
    shares = [augment(CLIPS[rank * 4 : rank * 4 + 4], drawn.share(rank, 3)) for rank in range(3)]
    assert torch.equal(torch.cat(shares), joint)


def test_large_batches_are_done_in_pieces_with_the_same_result(monkeypatch):
    drawn = draw_augmentation(CROPS, 12, seed=0, step=0)
    whole = augment(CLIPS, drawn)
    monkeypatch.setattr("workbench.data.augment.ELEMENTS", 5 * CLIPS[0].numel())
    assert torch.equal(augment(CLIPS, drawn), whole)


def test_wrong_settings_are_named():
    for values, said in (({"scale": [0.5, 1.5]}, "scale"), ({"aspect": [1.1, 2.0]}, "aspect"), ({"flip": 2.0}, "flip")):
        with pytest.raises(WorkbenchError, match=said):
            validate(AugmentSettings, values)


def test_the_training_step_sees_augmented_clips_that_depend_on_seed_and_step(home):
    changes = {"augment": {"scale": [0.3, 1.0], "flip": 0.5}, "runtime": {"device": "cpu"}}
    config = build_config("baseline", "smoke", 0, changes=changes)
    trainer = Trainer(Run.create(config, "augmented"), make_accelerator(config))
    clips = torch.from_numpy(np.stack([pattern(8, 16, 16, seed=seed) for seed in range(config.optim.batch)]))
    seen = []
    forward = trainer.forward
    trainer.forward = lambda clips, *rest: (seen.append(clips.clone()), forward(clips, *rest))[1]
    trainer.take_step(Batch(clips), 0.0)
    trainer.take_step(Batch(clips), 0.0)
    for step, changed in enumerate(seen):
        assert torch.equal(changed, augment(clips, draw_augmentation(config.augment, len(clips), config.seed, step)))
    assert not torch.equal(seen[0], seen[1]) and not torch.equal(seen[0], clips)
