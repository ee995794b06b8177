import numpy as np
import torch

from workbench.distributed import share_of
from workbench.training.batches import Loader, batch_indices


def test_every_clip_is_seen_once_before_any_is_seen_twice():
    seen = np.concatenate([batch_indices(step, 6, 20, seed=1) for step in range(10)])
    for epoch in range(3):
        assert sorted(seen[20 * epoch : 20 * (epoch + 1)]) == list(range(20))


def test_the_order_is_a_function_of_seed_and_step():
    assert np.array_equal(batch_indices(5, 8, 50, 2), batch_indices(5, 8, 50, 2))
    assert not np.array_equal(batch_indices(5, 8, 50, 2), batch_indices(5, 8, 50, 3))


def test_a_batch_may_be_larger_than_the_data():
    assert sorted(batch_indices(0, 6, 3, 0)) == [0, 0, 1, 1, 2, 2]


def test_the_shares_of_the_processes_make_up_the_joint_batch():
    joint = batch_indices(0, 8, 50, 0)
    assert np.array_equal(np.concatenate([share_of(joint, rank, 2) for rank in range(2)]), joint)


def test_the_loader_gives_the_batches_of_its_steps():
    clips = np.arange(20 * 4, dtype=np.uint8).reshape(20, 4)
    with Loader(clips, batch=4, seed=0, start=3, stop=6) as loader:
        batches = list(loader)
    assert len(batches) == 3
    assert torch.equal(batches[0].clips, torch.from_numpy(clips[batch_indices(3, 4, 20, 0)]))


def test_the_loader_stops_when_its_user_leaves_early():
    clips = np.zeros((20, 4), dtype=np.uint8)
    with Loader(clips, batch=4, seed=0, start=0, stop=10_000) as loader:
        next(iter(loader))
    assert not loader._thread.is_alive()


class Broken:
    def __len__(self):
        return 5

    def __getitem__(self, index):
        raise OSError("disk gone")


def test_an_error_while_reading_reaches_the_user():
    import pytest

    with Loader(Broken(), batch=2, seed=0, start=0, stop=3) as loader, pytest.raises(OSError, match="disk gone"):
        list(loader)
