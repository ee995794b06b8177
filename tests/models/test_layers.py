import torch

from workbench.models.layers import gather_tokens, rope_axes, rope_factors, rotate, tubelets


def test_rope_uses_the_whole_head():
    for width in (6, 16, 24, 32, 64):
        assert sum(rope_axes(width)) == width // 2


def test_rope_keeps_lengths():
    x = torch.randn(2, 3, 24, 16)
    rotated = rotate(x, rope_factors((4, 2, 3), 16)[:, None, None])
    assert torch.allclose(rotated.norm(dim=-1), x.norm(dim=-1), atol=1e-5)


def test_rope_scores_depend_on_relative_position_alone():
    grid = (6, 5, 4)
    q, k = torch.randn(16), torch.randn(16)
    n = 6 * 5 * 4
    rope = rope_factors(grid, 16)[:, None, None]
    scores = rotate(q.expand(1, 1, n, 16), rope)[0, 0] @ rotate(k.expand(1, 1, n, 16), rope)[0, 0].T
    scores = scores.reshape(*grid, *grid)
    assert torch.allclose(scores[0, 0, 0, 1, 2, 1], scores[3, 1, 2, 4, 3, 3], atol=1e-5)
    assert not torch.allclose(scores[0, 0, 0, 1, 2, 1], scores[0, 0, 0, 2, 2, 1], atol=1e-4)


def test_tubelets_hold_their_own_pixels_in_grid_order():
    clips = torch.zeros(1, 4, 8, 12, 3)
    clips[0, 2:4, 4:8, 8:12] = 1  # the second time step, second row, third column of a 2 × 2 × 3 grid
    tokens = tubelets(clips, tubelet=2, patch=4)
    assert tokens.shape == (1, 12, 2 * 16 * 3)
    assert tokens[0].mean(1).tolist() == [0.0] * 11 + [1.0]


def test_gather_tokens_picks_by_index():
    tokens = torch.arange(24.0).reshape(2, 4, 3)
    index = torch.tensor([[3, 0], [1, 2]])
    assert torch.equal(gather_tokens(tokens, index), torch.stack([tokens[0, [3, 0]], tokens[1, [1, 2]]]))
