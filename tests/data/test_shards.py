"""A `Concatenated` must read as the one array that its parts make up."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.shards import Chosen, Concatenated, Shards
from workbench.errors import WorkbenchError
from workbench.training.batches import Loader, batch_indices

WHOLE = np.random.default_rng(0).integers(0, 256, (23, 2, 3), dtype=np.uint8)
PARTS = (WHOLE[:7], WHOLE[7:7], WHOLE[7:8], WHOLE[8:23])


def on_disk(folder, parts=PARTS):
    files = [folder / f"{number}.u8" for number in range(len(parts))]
    for file, part in zip(files, parts, strict=True):
        file.write_bytes(part.tobytes())
    return Shards(files, [len(part) for part in parts], WHOLE.shape[1:])


@pytest.fixture(params=["arrays", "files", "nested"])
def joined(request, tmp_path):
    if request.param == "files":
        return on_disk(tmp_path)
    if request.param == "nested":
        return Concatenated([Concatenated(PARTS[:3]), on_disk(tmp_path, PARTS[3:])])
    return Concatenated(PARTS)


@pytest.mark.parametrize(
    "index",
    [0, 6, 7, 8, -1, -23, np.int64(9), slice(None), slice(2, 5), slice(3, 20), slice(7, 8), slice(5, 5), slice(20, 3),
     slice(None, None, -1), slice(1, 22, 4), slice(-4, None), [], [22, 0, 7, 7, -1], np.array([[3, 8], [22, 0]]),
     np.arange(23) % 3 == 0, torch.tensor([5, 2, 8]), (3, 1), (slice(2, 12), 1), ([8, 3], slice(None), 2), (..., 0)],
    ids=str,
)  # fmt: skip
def test_every_index_gives_what_the_whole_array_gives(joined, index):
    expected, found = WHOLE[index if not isinstance(index, list) or index else np.array([], int)], joined[index]
    assert type(found) is np.ndarray and found.dtype == np.uint8
    assert found.shape == expected.shape and np.array_equal(found, expected)


def test_it_looks_like_the_whole_array(joined):
    assert (joined.shape, joined.ndim, len(joined), joined.dtype, joined.nbytes) == (
        WHOLE.shape, 3, 23, np.uint8, WHOLE.nbytes,
    )  # fmt: skip
    assert np.array_equal(joined, WHOLE) and np.asarray(joined, np.float32).dtype == np.float32
    assert all(np.array_equal(a, b) for a, b in zip(joined, WHOLE, strict=True))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.data())
def test_rows_by_number_for_any_cut(lengths, data):
    whole = np.arange(sum(lengths) * 2, dtype=np.uint8).reshape(-1, 2)
    joined = Concatenated(np.split(whole, np.cumsum(lengths)[:-1]))
    numbers = data.draw(st.lists(st.integers(-len(whole), len(whole) - 1), max_size=9)) if len(whole) else []
    assert np.array_equal(joined[numbers], whole[np.array(numbers, int)])


def test_rows_that_are_not_there_and_other_keys_are_refused(joined):
    for index in (23, -24, [0, 23]):
        with pytest.raises(IndexError, match="of 23"):
            joined[index]
    for index in (1.5, ["a"], np.zeros(22, bool)):
        with pytest.raises(IndexError, match="whole numbers"):
            joined[index]


def test_parts_that_do_not_fit_are_refused():
    for parts in ([], [WHOLE, WHOLE[:, :1]], [WHOLE, WHOLE.astype(int)]):
        with pytest.raises(WorkbenchError, match="one shape and type"):
            Concatenated(parts)


def test_files_are_mapped_read_only_and_copies_are_free(tmp_path):
    shards = on_disk(tmp_path)
    assert not shards[9:12].flags.writeable and not shards[9:12].flags.owndata
    assert shards[[9, 10]].flags.writeable
    with pytest.raises(ValueError, match="copy"):
        np.array(shards, copy=False)


def test_a_file_that_is_gone_is_named(tmp_path):
    shards = on_disk(tmp_path)
    (tmp_path / "3.u8").unlink()
    with pytest.raises(WorkbenchError, match=r"3\.u8"):
        shards[20]


def test_more_files_than_may_be_open(tmp_path, monkeypatch):
    """A process has about a thousand descriptors; a set may have more shards."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    parts = np.split(np.arange(400, dtype=np.uint8).reshape(200, 2), 200)
    files = [tmp_path / f"{number}.u8" for number in range(200)]
    for file, part in zip(files, parts, strict=True):
        file.write_bytes(part.tobytes())
    monkeypatch.setattr("workbench.data.shards.OPEN", 16)
    shards = Shards(files, [1] * 200, (2,))
    resource.setrlimit(resource.RLIMIT_NOFILE, (150, hard))
    try:
        assert np.array_equal(shards[np.arange(200)[::-1]], np.concatenate(parts)[::-1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_loader_reads_it(tmp_path):
    with Loader(on_disk(tmp_path), batch=4, seed=0, start=3, stop=6) as loader:
        batches = list(loader)
    assert torch.equal(batches[0].clips, torch.from_numpy(WHOLE[batch_indices(3, 4, 23, 0)]))


def test_chosen_rows_are_read_when_asked_for(tmp_path):
    rows = np.array([7, 2, 22, 2])
    chosen = Chosen(on_disk(tmp_path), rows)
    expected = WHOLE[rows]
    assert chosen.shape == expected.shape and len(chosen) == 4 and chosen.dtype == WHOLE.dtype
    assert np.array_equal(chosen[:], expected) and np.array_equal(chosen[1:3], expected[1:3])
    assert np.array_equal(chosen[3], expected[3]) and np.array_equal(chosen[[2, 0]], expected[[2, 0]])
    assert np.array_equal(np.stack(list(chosen)), expected) and np.array_equal(chosen[1:, 0], expected[1:, 0])
