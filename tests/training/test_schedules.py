import pytest

from workbench.config import OptimSettings, TeacherSettings
from workbench.training.schedules import learning_rate, teacher_momentum


def test_learning_rate_rises_linearly_and_falls_by_a_cosine():
    settings = OptimSettings(steps=110, warmup=10 / 110, lr_start=0.0, lr=1.0, lr_end=0.2)
    assert learning_rate(0, settings) == 0.0
    assert learning_rate(5, settings) == pytest.approx(0.5)
    assert learning_rate(10, settings) == pytest.approx(1.0)
    assert learning_rate(60, settings) == pytest.approx(0.6)
    assert learning_rate(110, settings) == pytest.approx(0.2)


def test_equal_ends_give_the_published_flat_rate():
    settings = OptimSettings(steps=100, warmup=0.1, lr_start=1e-4, lr=6e-4, lr_end=6e-4)
    assert {learning_rate(step, settings) for step in range(10, 100)} == {6e-4}


def test_teacher_momentum_is_linear():
    settings = TeacherSettings(ema_start=0.9, ema_end=1.0)
    assert [teacher_momentum(step, 10, settings) for step in (0, 5, 10)] == pytest.approx([0.9, 0.95, 1.0])
