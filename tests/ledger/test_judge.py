"""How a question is decided: sides of an interval, Holm's step-down by intervals, and how outcomes join."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from workbench.ledger.cell import Cell, Question
from workbench.ledger.judge import INFINITE, agreed, by_interval, by_number, decide, side, together
from workbench.stats import Interval, holm


def interval(low: float, high: float) -> Interval:
    return Interval((low + high) / 2, low, high, 0.95, "")


def normal(z: float, **more: object) -> Cell:
    """A number z standard errors of 1 above zero."""

    def at(confidence: float) -> Interval:
        half = float(norm.ppf((1 + confidence) / 2))
        return Interval(z, z - half, z + half, confidence, "normal")

    return Cell("a", "b", "x", "p", at, p=float(2 * norm.sf(abs(z))), **more)  # type: ignore[arg-type]


def test_an_interval_lies_inside_outside_or_over_an_end() -> None:
    above, within = (0.0, INFINITE), (-0.1, 0.1)
    assert [side(interval(*ends), above) for ends in ((0.1, 0.2), (-0.2, -0.1), (-0.1, 0.1), (0.0, 0.1))] == [
        *("yes", "no", "open", "open")
    ]
    assert [side(interval(*ends), within) for ends in ((-0.1, 0.1), (0.2, 0.3), (0.0, 0.2))] == ["yes", "no", "open"]
    assert side(interval(math.nan, math.nan), above) == "open"


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8))
def test_steps_by_intervals_are_holms_steps_by_p(zs: list[float]) -> None:
    questions = [by_interval(normal(z), (0.0, INFINITE), seeds=False) for z in zs]
    answers = decide(questions, 0.95)
    rejected = holm([float(2 * norm.sf(abs(z))) for z in zs]) < 0.05
    expected = ["open" if not sure else "yes" if z > 0 else "no" for z, sure in zip(zs, rejected, strict=True)]
    assert [answers[i].outcome for i in range(len(zs))] == expected


def test_levels_are_those_of_holm_and_the_open_one_leans() -> None:
    questions = [by_interval(normal(z), (0.0, INFINITE), seeds=False) for z in (4.0, 2.1, 2.05)]
    answers = decide(questions, 0.95)
    assert [answers[i].outcome for i in range(3)] == ["yes", "open", "open"]
    assert [1 - answers[i].confidence for i in range(3)] == pytest.approx([0.05 / 3, 0.05 / 2, 0.05 / 2])
    assert answers[1].lean == "for" and answers[0].lean == ""


def test_what_is_not_there_costs_nothing_in_the_correction() -> None:
    there = by_interval(normal(2.0), (0.0, INFINITE), seeds=False)
    absent = by_interval(Cell("a", "b", "x", "p", lacking="not run"), (0.0, INFINITE), seeds=False)
    answers = decide([there, absent, absent], 0.95)
    assert answers[0].outcome == "yes" and answers[1].outcome == "open"


def test_over_seeds_alone_has_to_agree_and_one_seed_decides_nothing() -> None:
    def outcome(over: Interval | None, seeds: tuple[int, ...], failed: tuple[str, ...] = ()) -> str:
        cell = normal(9.0, over_seeds=over, seeds=seeds, failed=failed)
        return decide([by_interval(cell, (0.0, INFINITE), seeds=True)], 0.95)[0].outcome

    assert outcome(interval(1, 2), (0, 1)) == "yes"
    assert outcome(interval(-1, 2), (0, 1)) == "open"
    assert outcome(interval(-2, -1), (0, 1)) == "open"
    assert outcome(None, (0,)) == "open"
    assert outcome(interval(1, 2), (0, 1), ("audit of a: failed: movement of teacher",)) == "open"


def test_numbers_are_compared_at_the_digits_that_are_stated() -> None:
    def outcome(points: float, decimals: int) -> str:
        cell = Cell("a", "b", "x", "p", lambda confidence: Interval(points / 100, math.nan, math.nan, confidence, ""))
        return by_number(cell, (-0.029, -0.025), decimals, strict_ends=False).judge(0.95)

    assert outcome(-2.54, 1) == "yes" and outcome(-2.39, 1) == "no" and outcome(-2.94, 1) == "yes"
    assert outcome(-2.94, 2) == "no"


def test_all_have_to_hold_and_controls_have_to_agree() -> None:
    assert together(["yes", "yes"]) == "yes" and together(["yes", "open"]) == "open"
    assert together(["open", "no", "yes"]) == "no" and together([]) == "open"
    assert agreed(["no", "no"]) == "no" and agreed(["yes", "no"]) == "open"


def test_two_seeds_that_agree_by_chance_are_seldom_called_decided() -> None:
    """Where seeds alone vary around zero, two of them share a sign half the time; the rule errs in about one of twenty."""
    from workbench.stats import seed_interval

    rng = np.random.default_rng(0)
    for seeds in (2, 3):
        wrong = 0
        for _ in range(400):
            deltas = rng.normal(size=seeds)
            both = interval(deltas.min(), deltas.max())  # what resampling seeds and very many clips comes to
            cell = Cell("a", "b", "x", "p", lambda _, both=both: both, seed_interval(deltas), tuple(range(seeds)))
            wrong += by_interval(cell, (0.0, INFINITE), seeds=True).judge(0.95) != "open"
        assert wrong / 400 < 0.08


def test_a_question_that_is_held_open_says_why() -> None:
    held = by_interval(normal(9.0, seeds=(0,)), (0.0, INFINITE), seeds=True)
    assert isinstance(held, Question) and held.why == "one seed: there is no interval over seeds"
