"""The two sides of a claim, published rows and ours, behind one form: who there is, and a cell for each value and difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from workbench.ledger.cell import Cell
from workbench.ledger.model import EVERYBODY, ClaimsFile, Test
from workbench.rows import CELL
from workbench.variants import VARIANTS


class Side(Protocol):
    """Rows of one side."""

    published: bool
    file: ClaimsFile

    def everybody(self, test: Test) -> list[str]:
        """All trained variants in the test's regime but its control."""

    def differences(self, test: Test, variant: str, benchmark: str, other: str | None = None) -> list[Cell]:
        """A variant less its control (or `other`): one cell, or one for each of several controls."""

    def value(self, test: Test, variant: str, benchmark: str) -> Cell:
        """A variant's own value."""

    def spread(self, test: Test, variant: str, benchmark: str) -> tuple[float | None, str]:
        """A variant's highest seed less its lowest, None where there is one seed or none; and both in words."""


def chosen(side: Side, test: Test, names: Sequence[str]) -> list[str]:
    """The variants that `names` name, families and all resolved, each once."""
    found: list[str] = []
    for name in names:
        found += side.everybody(test) if name == EVERYBODY else side.file.families.get(name, [name])
    return [name for name in dict.fromkeys(found) if name not in resolved(side, test.leave_out)]


def resolved(side: Side, names: Sequence[str]) -> set[str]:
    """Variants and families as variants."""
    return {variant for name in names for variant in side.file.families.get(name, [name])}


def control_of(test: Test, variant: str) -> str:
    """What a variant is compared with in a test."""
    return test.control or VARIANTS[variant].control


def described(row: Any) -> dict[str, Any]:
    """A row as a verdict refers to it: where it lies, which cell it is, and its number."""
    return {
        "source": row.source,
        **{key: getattr(row, key) for key in CELL},
        **{key: getattr(row, key) for key in ("variant", "seed", "regime", "reading", "value", "n", "audit")},
    }
