import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.config import MaskSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.masking import (
    Draws,
    block_coverage,
    box_means,
    draw_mask,
    draw_masks,
    motion_coverage,
    motion_map,
    token_counts,
)

GRID = (4, 6, 6)


def draws(clips: int, seed: int = 0) -> Draws:
    return Draws(torch.Generator().manual_seed(seed), clips)


@given(
    kind=st.sampled_from(["random", "blocks"]),
    visible=st.floats(0.1, 0.5),
    predicted=st.floats(0.1, 0.5),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_visible_and_predicted_are_disjoint_rising_and_of_the_stated_number(kind, visible, predicted, seed):
    mask_settings = MaskSettings(kind=kind, visible=visible, predicted=predicted, blocks=3, area=0.3, time=0.5)
    mask = draw_mask(mask_settings, draws(5, seed), GRID)
    seen, wanted = token_counts(mask_settings, GRID)
    assert mask.visible.shape == (5, seen)
    assert mask.predicted.shape == (5, wanted)
    for a, b in zip(mask.visible.tolist(), mask.predicted.tolist(), strict=True):
        assert not set(a) & set(b)
        assert a == sorted(set(a)) and b == sorted(set(b))
        assert min(a + b) >= 0 and max(a + b) < 144


def test_random_masks_show_every_token_equally_often():
    mask = draw_mask(MaskSettings(visible=0.25, predicted=0.75), draws(4000), GRID)
    rate = torch.bincount(mask.visible.flatten(), minlength=144) / 4000
    assert (rate - 0.25).abs().max() < 5 * (0.25 * 0.75 / 4000) ** 0.5  # five standard errors


def test_a_block_of_all_time_covers_the_same_places_at_every_step():
    covered = block_coverage(draws(32), GRID, MaskSettings(kind="blocks", blocks=2, area=0.2, time=1.0)).reshape(
        32, *GRID
    )
    assert torch.equal(covered[:, 0], covered[:, 1]) and torch.equal(covered[:, 0], covered[:, 3])
    assert covered.any() and not covered.all()


def test_a_block_of_half_the_time_covers_half_of_the_steps_and_its_stated_area():
    covered = block_coverage(draws(500), GRID, MaskSettings(kind="blocks", blocks=1, area=0.25, time=0.5)).reshape(
        500, *GRID
    )
    steps = covered.flatten(2).any(2).sum(1)
    assert (steps == 2).all()
    area = covered.sum((1, 2, 3)) / 2 / 36
    assert abs(area.mean() - 0.25) < 0.03


def test_one_covering_block_is_predicted_before_anything_else():
    settings_ = MaskSettings(kind="blocks", blocks=1, area=0.25, time=1.0, visible=0.25, predicted=0.25)
    mask = draw_mask(settings_, draws(64, 1), GRID)
    covered = block_coverage(draws(64, 1), GRID, settings_)
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
        draw_mask(MaskSettings(kind="block"), draws(2), GRID)


def test_shares_that_leave_no_token_are_refused():
    with pytest.raises(WorkbenchError, match="0 visible"):
        token_counts(MaskSettings(visible=0.001, predicted=0.5), (2, 2, 2))


GUIDED = MaskSettings(kind="motion_guided", blocks=1, area=0.12, time=0.5, aspect=(1.0, 1.0), uniform=0.0)


def moving_at(clips, t, y, x):
    motion = torch.zeros(clips, *GRID)
    motion[:, t, y, x] = 1.0
    return motion


def test_box_means_are_the_means_of_boxes():
    values = torch.rand(2, *GRID)
    extents = [torch.tensor([[[2.0], [4.0]]]).expand(2, -1, -1), torch.full((2, 2, 1), 3.0), torch.full((2, 2, 1), 2.0)]
    found = box_means(values, extents).reshape(2, 2, *GRID)
    for block, duration in enumerate((2, 4)):
        for origin in ((0, 0, 0), (0, 3, 4), (0, 2, 1)):
            t, y, x = origin
            expected = values[:, t : t + duration, y : y + 3, x : x + 2].mean((1, 2, 3))
            assert torch.allclose(found[:, block, t, y, x], expected, atol=1e-6)


def test_the_only_place_that_moves_is_always_covered():
    covered = motion_coverage(draws(64), GRID, GUIDED, moving_at(64, 1, 4, 2)).reshape(64, *GRID)
    assert covered[:, 1, 4, 2].all()
    assert (covered.sum((1, 2, 3)) == 2 * 2 * 2).all()


def test_origins_follow_the_motion_to_the_stated_power():
    """Two places far apart move by 1 and by 2: with power 2, blocks over the second are four times as frequent."""
    motion = moving_at(6000, 1, 0, 0) + 2 * moving_at(6000, 1, 5, 5)
    covered = motion_coverage(draws(6000), GRID, GUIDED, motion).reshape(6000, *GRID)
    first, second = covered[:, 1, 0, 0].float().mean(), covered[:, 1, 5, 5].float().mean()
    assert torch.allclose(first + second, torch.tensor(1.0))
    assert abs(second - 0.8) < 5 * (0.8 * 0.2 / 6000) ** 0.5  # five standard errors


def test_a_share_of_the_blocks_falls_anywhere():
    settings_ = GUIDED.model_copy(update={"uniform": 0.5})
    covered = motion_coverage(draws(6000), GRID, settings_, moving_at(6000, 1, 0, 0)).reshape(6000, *GRID)
    chance = 0.5 + 0.5 * 2 / 75  # two of the 3·5·5 origins cover that place
    assert abs(covered[:, 1, 0, 0].float().mean() - chance) < 5 * (chance * (1 - chance) / 6000) ** 0.5


def test_where_nothing_moves_blocks_fall_evenly():
    covered = motion_coverage(draws(4000), GRID, GUIDED, torch.zeros(4000, *GRID)).reshape(4000, *GRID).float()
    corner = covered[:, 0, 0, 0].mean()
    assert abs(corner - 1 / 75) < 5 * (1 / 75 / 4000) ** 0.5


def test_the_motion_map_shows_where_and_when_pixels_change():
    clips = torch.full((2, 8, 24, 24, 3), 100, dtype=torch.uint8)
    clips[0, 4:, 8:12, 20:24] = 200  # changes once, between the frames 3 and 4, in one token of 4×4 pixels
    motion = motion_map(clips, GRID)
    assert motion[0].max() == 1 and motion[1].max() == 0
    assert set(motion[0].nonzero()[:, 1].tolist()) == {2} and set(motion[0].nonzero()[:, 2].tolist()) == {5}


def test_guided_masks_without_clips_are_refused():
    with pytest.raises(WorkbenchError, match="need the clips"):
        draw_masks((GUIDED,), 2, GRID, 0, 0)


@pytest.mark.parametrize("kind", ["blocks", "motion_guided"])
def test_the_future_is_never_seen_and_the_complement_is_predicted(kind):
    settings_ = MaskSettings(kind=kind, blocks=4, area=0.15, visible=0.3, predicted=0.1, seen_time=0.5, complement=True)
    mask = draw_mask(settings_, draws(32), GRID, torch.rand(32, *GRID))
    assert mask.visible.max() < 72
    both = torch.cat([mask.visible, mask.predicted], 1).sort(1).values
    assert torch.equal(both, torch.arange(144).expand(32, -1))


def test_more_visible_tokens_than_the_seen_part_of_time_holds_are_refused():
    with pytest.raises(WorkbenchError, match=r"show 86 of 144 tokens.*leaves only 72"):
        token_counts(MaskSettings(visible=0.6, seen_time=0.5, complement=True), GRID)


@pytest.mark.parametrize("kind", ["random", "blocks", "motion_guided"])
def test_processes_that_share_a_batch_draw_its_masks(kind):
    clips = torch.randint(0, 256, (6, 8, 12, 12, 3), dtype=torch.uint8)
    masks = (MaskSettings(kind=kind), MaskSettings(kind="blocks"))
    joint = draw_masks(masks, 6, GRID, 1, 2, clips=clips)
    parts = [draw_masks(masks, 6, GRID, 1, 2, clips=clips[3 * r : 3 * r + 3], rank=r, processes=2) for r in (0, 1)]
    for whole, first, second in zip(joint, *parts, strict=True):
        assert torch.equal(whole.visible, torch.cat([first.visible, second.visible]))
        assert torch.equal(whole.predicted, torch.cat([first.predicted, second.predicted]))


@given(
    kind=st.sampled_from(["random", "blocks", "motion_guided"]),
    grid=st.tuples(st.integers(1, 4), st.integers(2, 5), st.integers(2, 5)),
    each=st.integers(1, 3),
    processes=st.integers(1, 4),
    complement=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_shares_by_rank_are_the_joint_batch_with_exact_counts(kind, grid, each, processes, complement, seed):
    batch = each * processes
    one = MaskSettings(kind=kind, visible=0.4, predicted=0.3, area=0.2, time=0.5, blocks=2, complement=complement)
    clips = torch.randint(0, 256, (batch, 2 * grid[0], 2 * grid[1], 2 * grid[2], 3), dtype=torch.uint8)
    (joint,) = draw_masks((one,), batch, grid, seed, 3, clips=clips)
    (again,) = draw_masks((one,), batch, grid, seed, 3, clips=clips)
    parts = [
        draw_masks((one,), batch, grid, seed, 3, clips=clips[rank * each :][:each], rank=rank, processes=processes)[0]
        for rank in range(processes)
    ]
    seen, wanted = token_counts(one, grid)
    assert joint.visible.shape == (batch, seen) and joint.predicted.shape == (batch, wanted)
    for name in ("visible", "predicted"):
        whole = getattr(joint, name)
        assert torch.equal(whole, getattr(again, name))
        assert torch.equal(whole, torch.cat([getattr(part, name) for part in parts]))
    both = torch.cat([joint.visible, joint.predicted], 1).sort(1).values
    assert (both.diff(dim=1) > 0).all() and (both < grid[0] * grid[1] * grid[2]).all()
    if complement:
        assert torch.equal(both, torch.arange(grid[0] * grid[1] * grid[2]).expand(batch, -1))
