"""The random numbers: the published generator, uniform and normal, a clip's own."""

import numpy as np
import torch
from scipy import stats

from workbench.data.draws import GAMMA, Draws, mixed


def test_the_words_are_those_of_splitmix64():
    """The first five words of the generator seeded with 1234567, as its public implementations print them."""
    words = mixed(1234567 + torch.arange(1, 6) * GAMMA)
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    assert [int(word) % 2**64 for word in words] == known


def test_uniform_and_normal_numbers_are_what_they_are_called():
    draws = Draws("test", 0, torch.arange(40))
    uniform, normal = draws.uniform(50, 11).flatten().numpy(), draws.normal(50, 11).flatten().numpy()
    assert uniform.min() > 0 and uniform.max() < 1
    assert stats.kstest(uniform, "uniform").pvalue > 1e-3 and stats.kstest(normal, "norm").pvalue > 1e-3
    for numbers in (uniform, normal):
        assert abs(stats.pearsonr(numbers[:-1], numbers[1:]).statistic) < 0.03
        clips = numbers.reshape(40, -1)
        assert np.abs(np.corrcoef(clips) - np.eye(40)).max() < 0.2


def test_a_clip_has_its_own_numbers_in_any_batch():
    ids = torch.tensor([3, 2**40, 17, -1])
    whole, part = Draws("a", 1, ids), Draws("a", 1, ids[2:3])
    for _ in range(2):  # the second call goes on
        assert torch.equal(whole.normal(7)[2:3], part.normal(7))
    first = Draws("a", 1, ids).uniform(9)
    for other in (Draws("b", 1, ids), Draws("a", 2, ids), Draws("a", 1, ids + 1)):
        assert not (other.uniform(9) == first).any()
