"""Debiased CKA: invariances, independence at few samples, and the two ways to compute it."""

import numpy as np
import pytest

from workbench.errors import WorkbenchError
from workbench.quality.cka import StreamedCKA, cka_grid, debiased_cka, grid_table, hsic1, minibatch_cka


def _literal(x: np.ndarray, y: np.ndarray) -> float:
    """HSIC₁ as DIAGNOSTICS writes it, with n × n kernels."""
    n, one = len(x), np.ones(len(x))
    k, kl = x @ x.T, y @ y.T
    np.fill_diagonal(k, 0)
    np.fill_diagonal(kl, 0)
    middle = (one @ k @ one) * (one @ kl @ one) / ((n - 1) * (n - 2))
    return (np.trace(k @ kl) + middle - 2 / (n - 2) * (one @ k @ kl @ one)) / (n * (n - 3))


def _biased(x: np.ndarray, y: np.ndarray) -> float:
    x, y = x - x.mean(0), y - y.mean(0)
    return float(((x.T @ y) ** 2).sum() / np.linalg.norm(x.T @ x) / np.linalg.norm(y.T @ y))


@pytest.mark.parametrize("widths", [(5, 9), (60, 7), (80, 90)])
def test_hsic1_is_the_formula_whether_wide_or_narrow(widths: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, widths[0])) + 3
    y = rng.normal(size=(40, widths[1])) + x[:, :1]
    assert hsic1(x, y) == pytest.approx(_literal(x, y), rel=1e-9)


def test_one_under_rotation_scale_and_shift() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(100, 20)) * np.arange(1, 21)
    q, _ = np.linalg.qr(rng.normal(size=(20, 20)))
    assert debiased_cka(x, 3 * x @ q + 7) == pytest.approx(1, abs=1e-9)


def test_about_zero_for_independent_data_where_the_biased_form_reads_087() -> None:
    rng = np.random.default_rng(2)
    pairs = [(rng.normal(size=(64, 384)), rng.normal(size=(64, 384))) for _ in range(5)]
    assert np.mean([_biased(x, y) for x, y in pairs]) == pytest.approx(0.87, abs=0.02)
    assert abs(np.mean([debiased_cka(x, y) for x, y in pairs])) < 0.03


def test_minibatches_equal_the_whole_with_one_batch_and_nearly_with_many() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2003, 16))
    y = x @ rng.normal(size=(16, 12)) + rng.normal(size=(2003, 12)) * 3
    whole = debiased_cka(x, y)
    assert minibatch_cka(x, y, 5000) == pytest.approx(whole, rel=1e-12)
    assert minibatch_cka(x, y, 100) == pytest.approx(whole, abs=0.01)


def test_the_mean_of_hsic_over_batches_is_unbiased_for_a_dependent_pair() -> None:
    rng = np.random.default_rng(4)
    few = []
    for _ in range(400):
        x = rng.normal(size=(8, 3))
        few.append(hsic1(x, x))
    assert np.mean(few) == pytest.approx(3, rel=0.15)  # ‖Cov‖² of a 3-d standard Gaussian


def test_a_grid_and_its_stream_agree_with_pairs_and_mark_a_constant_space() -> None:
    rng = np.random.default_rng(5)
    a = [rng.normal(size=(50, 4)), rng.normal(size=(50, 70))]
    b = [a[0] * 2, np.full((50, 3), 0.1, np.float32)]
    grid = cka_grid(a, b)
    assert grid[0, 0] == pytest.approx(1)
    assert grid[1, 0] == pytest.approx(debiased_cka(a[1], b[0]))
    table = grid_table(grid, ["first", "second"], ["double", "flat"], 50)
    flat = table[table["b"] == "flat"]
    assert flat["value"].isna().all() and flat["note"].str.contains("constant").all()
    assert not table[table["b"] == "double"]["value"].isna().any()


def test_bad_input_says_what_is_wrong() -> None:
    x = np.random.default_rng(6).normal(size=(10, 3))
    with pytest.raises(WorkbenchError, match="at least 4 clips"):
        debiased_cka(x[:3], x[:3])
    with pytest.raises(WorkbenchError, match="10 and 9"):
        debiased_cka(x, x[:9])
    with pytest.raises(WorkbenchError, match="not finite in 1 of 10"):
        debiased_cka(x, np.where(np.arange(30).reshape(10, 3) == 4, np.nan, x))
    with pytest.raises(WorkbenchError, match="constant"):
        debiased_cka(x, np.ones((10, 2)))
    with pytest.raises(WorkbenchError, match="none was added"):
        StreamedCKA().grid()
