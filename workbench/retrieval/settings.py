"""Under what a retrieval is measured: clean, or under one shift of the clips or the captions at one severity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.data.composition import COMPOSITIONS
from workbench.data.shifts import SEVERITIES, SHIFTS
from workbench.data.shifts.temporal import LEAST_FRAMES
from workbench.data.text_shifts import TEXT_SHIFTS, shift_captions
from workbench.errors import UnknownName, WorkbenchError

TEXT, COMPOSITION = "text", "composition"


@dataclass(frozen=True)
class Setting:
    """`shift` and its `severity` (1 to 5), or none of both: clean. A composition, whose clips were held out of training, has no severity."""

    shift: str = ""
    severity: int = 0

    @property
    def family(self) -> str:
        """Family of the shift; "text" for one of captions, "composition", empty for none."""
        if not self.shift:
            return ""
        if self.shift in COMPOSITIONS:
            return COMPOSITION
        return TEXT if self.shift in TEXT_SHIFTS else SHIFTS[self.shift].family

    def texts(self, captions: Sequence[str]) -> list[str]:
        """The captions as this setting has them."""
        return shift_captions(captions, self.shift, self.severity) if self.family == TEXT else list(captions)

    def __str__(self) -> str:
        return f"{self.shift} {self.severity or ''}".strip() or "clean"


def settings_of(
    shifts: Sequence[str], severities: Sequence[int], frames: int, stated: bool, composition: str = "none"
) -> list[Setting]:
    """Clean first, then the `composition` of the training data, then every shift at every severity: a name, a family, or "all".

    Those that clips of so many `frames`, or captions that do not state factors (`stated`), cannot have are left out where they
    were not named. An unknown name, and a severity that is none, raise.
    """
    check_shifts(shifts, severities)
    found = [Setting(), *([Setting(composition)] if composition != "none" else [])]
    for asked in shifts:
        names = _named(asked)
        if asked not in names:
            names = [name for name in names if _possible(name, frames, stated)]
        found += [Setting(name, severity) for name in names for severity in severities]
    return list(dict.fromkeys(found))


def check_shifts(shifts: Sequence[str], severities: Sequence[int]) -> None:
    """Raise for an unknown name, and for a severity that is none."""
    for severity in severities:
        if severity not in SEVERITIES:
            raise WorkbenchError(f"severity={severity}: give 1 to 5.")
    for asked in shifts:
        _named(asked)


def _named(asked: str) -> list[str]:
    groups: dict[str, list[str]] = {"all": [*SHIFTS, *TEXT_SHIFTS], TEXT: list(TEXT_SHIFTS)}
    for name, shift in SHIFTS.items():
        groups.setdefault(shift.family, []).append(name)
    if asked in SHIFTS or asked in TEXT_SHIFTS:
        return [asked]
    if asked not in groups:
        raise UnknownName("shift or family of shifts", asked, [*groups, *SHIFTS, *TEXT_SHIFTS])
    return groups[asked]


def _possible(name: str, frames: int, stated: bool) -> bool:
    if name in TEXT_SHIFTS:
        return stated or name != "paraphrase"
    return SHIFTS[name].family != "temporal" or frames >= LEAST_FRAMES
