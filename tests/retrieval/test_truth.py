"""The forms of a truth are one truth, and what is wrong with one is named."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from tests.retrieval.made import random_truth
from workbench.errors import WorkbenchError
from workbench.retrieval import Truth, as_truth


def dense(truth: Truth) -> np.ndarray:
    found = np.zeros((truth.captions, truth.videos), bool)
    found[truth.rows, truth.columns] = True
    return found


def test_matrix_blocks_sparse_matrix_and_pairs_are_the_same_truth() -> None:
    matrix = random_truth(np.random.default_rng(0), 23, 9)
    blocks = [(slice(i, min(i + 5, 23)), matrix[i : i + 5]) for i in range(0, 23, 5)]
    rows, columns = np.argwhere(matrix)[::-1].T
    forms = (matrix, blocks, iter(blocks), sparse.csr_array(matrix), sparse.coo_matrix(matrix))
    for form in (*forms, Truth.from_pairs(rows, columns, matrix.shape)):
        found = as_truth(form, 23, 9)
        assert (dense(found) == matrix).all()
        assert (found.per_caption() == matrix.sum(1)).all() and (found.per_video() == matrix.sum(0)).all()
        assert (np.diff(found.rows) >= 0).all()


def test_one_number_a_caption() -> None:
    index = np.array([2, 0, 0, 1], np.uint8)
    found = as_truth(index, 4, 3)
    assert (dense(found) == (index[:, None] == np.arange(3))).all() and (found.source == index).all()
    assert (as_truth([2, 0, 0, 1], 4, 3).columns == index).all()


def test_captions_of_rendered_clips_come_with_the_clip_they_are_of() -> None:
    from workbench.data.captions import described_blocks, make_captions
    from workbench.data.clips import load_clips
    from workbench.presets import build_config

    table = load_clips(build_config(preset="smoke").data, "test").table.head(40)
    captions = make_captions(table, per_clip=2)
    place = {clip: i for i, clip in enumerate(table["clip"])}
    source = captions["clip"].map(place).to_numpy()
    found = Truth.from_blocks(described_blocks(captions, table, block=16), len(table), source)
    assert (found.captions, found.videos) == (80, 40) and (found.source == np.repeat(np.arange(40), 2)).all()
    assert len(found.rows) > 80  # a caption that states a part of the factors describes other clips, too


def test_the_source_is_the_first_video_listed_unless_it_is_given() -> None:
    rows, columns = np.array([0, 0, 1, 1, 0]), np.array([2, 1, 0, 2, 1])
    assert Truth.from_pairs(rows, columns, (2, 3)).source.tolist() == [2, 0]
    given = Truth.from_pairs(rows, columns, (2, 3), source=np.array([1, 2]))
    assert given.source.tolist() == [1, 2] and given.columns.tolist() == [1, 2, 0, 2]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: as_truth(None, 4, 3), "4 captions and 3 videos: without a truth .* must be square"),
        (lambda: as_truth(np.array([0, 1, 3]), 3, 3), "caption 2: there is no video 3. There are 3, counted from 0"),
        (lambda: as_truth(np.array([0, -1, 2]), 3, 3), "caption 1: there is no video -1"),
        (lambda: as_truth(np.array([0.0, 1.0]), 2, 2), "one integer a caption"),
        (lambda: as_truth(np.array([0, 1]), 3, 3), "2 captions and 3 videos; the scores are of 3 and 3"),
        (lambda: as_truth(np.eye(3), 3, 3), "bool is needed"),
        (lambda: as_truth(np.diag([True, False, True]), 3, 3), "caption 1 .* has no true video"),
        (lambda: as_truth([(slice(0, 2), np.ones((2, 4), bool))], 2, 3), r"bool \(captions, 3\) is needed"),
        (lambda: Truth.from_pairs([0, 2], [0, 0], (2, 1)), "there is no caption 2"),
        (lambda: Truth.from_pairs([0, 1], [0, 1], (2, 2), source=[0, 0]), "caption 1 .* is not true of its source"),
        (lambda: Truth.from_pairs([0, 1], [0, 1], (2, 2), source=[0]), "each caption has one"),
    ],
)
def test_what_is_wrong_is_named(make, message) -> None:
    with pytest.raises(WorkbenchError, match=message):
        make()
