"""What tests are made of: one number with its interval and the rows behind it, and a question that is put to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.ledger.model import CONFIDENCE
from workbench.stats import Interval

Outcome = Literal["yes", "no", "open"]
Lean = Literal["for", "against", ""]
AtLevel = Callable[[float], Interval]


@dataclass(frozen=True)
class Cell:
    """A value or a difference in one cell. `at(confidence)` gives its interval, in shares of 1.

    `over_seeds`: the interval over seeds alone, None with one seed. `failed`: what failing audits say of its rows. `marks`: what else
    must be said. `alternative`: which of several controls it is to; those of one cell have to agree. `lacking`: why there is no number.
    """

    variant: str
    other: str
    benchmark: str
    probe: str
    at: AtLevel | None = None
    over_seeds: Interval | None = None
    seeds: tuple[int, ...] = ()
    by_seed: tuple[float, ...] = ()
    n: int = 0
    p: float | None = None
    p_floor: float | None = None
    p_test: str = ""
    rows: tuple[dict[str, Any], ...] = ()
    marks: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    alternative: str = ""
    lacking: str = ""

    @property
    def name(self) -> str:
        """ld less baseline (seed 42) on ssv2."""
        less = f" less {self.other}" if self.other else ""
        return f"{self.variant}{less}{f' ({self.alternative})' if self.alternative else ''} on {self.benchmark}"

    @property
    def estimate(self) -> float | None:
        """The number, None where it was not run."""
        return None if self.at is None else self.at(CONFIDENCE).estimate


@dataclass(frozen=True)
class Question:
    """One yes-or-no question to a cell. `judge(confidence)` answers it; `by_number` where no interval takes part in that."""

    cell: Cell
    judge: Callable[[float], Outcome]
    by_number: bool = False
    leaning: Callable[[float], Lean] = field(default=lambda confidence: "")
    scale: Literal["points", "correlation"] = "points"
    why: str = ""  # it stays open, whatever the numbers are
    note: str = ""  # what the number is held against, where that is computed


@dataclass(frozen=True)
class Answer:
    """A question with its outcome, the confidence at which it was decided, and where the numbers lean if it stays open."""

    question: Question
    outcome: Outcome
    confidence: float
    lean: Lean = ""
    p_holm: float | None = None
