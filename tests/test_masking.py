import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.config import MaskSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.masking import block_coverage, draw_mask, draw_masks, token_counts

GRID = (4, 6, 6)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(
    kind=st.sampled_from(["random", "blocks"]),
    visible=st.floats(0.1, 0.5),
    predicted=st.floats(0.1, 0.5),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_visible_and_predicted_are_disjoint_rising_and_of_the_stated_number(kind, visible, predicted, seed):
    mask_settings = MaskSettings(kind=kind, visible=visible, predicted=predicted, blocks=3, area=0.3, time=0.5)
    mask = draw_mask(mask_settings, 5, GRID, generator(seed))
    seen, wanted = token_counts(mask_settings, GRID)
    assert mask.visible.shape == (5, seen)
    assert mask.predicted.shape == (5, wanted)
    for a, b in zip(mask.visible.tolist(), mask.predicted.tolist(), strict=True):
        assert not set(a) & set(b)
        assert a == sorted(set(a)) and b == sorted(set(b))
        assert min(a + b) >= 0 and max(a + b) < 144


def test_random_masks_show_every_token_equally_often():
    mask = draw_mask(MaskSettings(visible=0.25, predicted=0.75), 4000, GRID, generator())
    rate = torch.bincount(mask.visible.flatten(), minlength=144) / 4000
    assert (rate - 0.25).abs().max() < 5 * (0.25 * 0.75 / 4000) ** 0.5  # five standard errors


def test_a_block_of_all_time_covers_the_same_places_at_every_step():
    covered = block_coverage(32, GRID, MaskSettings(kind="blocks", blocks=2, area=0.2, time=1.0), generator()).reshape(
        32, *GRID
    )
    assert torch.equal(covered[:, 0], covered[:, 1]) and torch.equal(covered[:, 0], covered[:, 3])
    assert covered.any() and not covered.all()


def test_a_block_of_half_the_time_covers_half_of_the_steps_and_its_stated_area():
    covered = block_coverage(
        500, GRID, MaskSettings(kind="blocks", blocks=1, area=0.25, time=0.5), generator()
    ).reshape(500, *GRID)
    steps = covered.flatten(2).any(2).sum(1)
    assert (steps == 2).all()
    area = covered.sum((1, 2, 3)) / 2 / 36
    assert abs(area.mean() - 0.25) < 0.03


def test_one_covering_block_is_predicted_before_anything_else():
    settings_ = MaskSettings(kind="blocks", blocks=1, area=0.25, time=1.0, visible=0.25, predicted=0.25)
    mask = draw_mask(settings_, 64, GRID, generator(1))
    covered = block_coverage(64, GRID, settings_, generator(1))
    hidden = covered.gather(1, mask.predicted).sum(1)
    assert (hidden == torch.minimum(covered.sum(1), torch.tensor(36))).all()
    assert not covered.gather(1, mask.visible).any()


def test_masks_are_a_function_of_seed_and_step():
    masks = (MaskSettings(), MaskSettings(kind="blocks"))
    first, again = draw_masks(masks, 4, GRID, 3, 7), draw_masks(masks, 4, GRID, 3, 7)
    other = draw_masks(masks, 4, GRID, 3, 8)
    assert all(torch.equal(a.visible, b.visible) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0].visible, other[0].visible)
    assert not torch.equal(first[0].visible, draw_masks(masks, 4, GRID, 4, 7)[0].visible)


def test_unknown_generator_lists_the_known():
    with pytest.raises(UnknownName, match=r"mask generator 'block'.*blocks.*random"):
        draw_mask(MaskSettings(kind="block"), 2, GRID, generator())


def test_shares_that_leave_no_token_are_refused():
    with pytest.raises(WorkbenchError, match="0 visible"):
        token_counts(MaskSettings(visible=0.001, predicted=0.5), (2, 2, 2))
