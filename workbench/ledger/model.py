"""The form of a claims file: claims, each with tests over published rows and over our own. `docs/claims.md` describes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from workbench.config import Reading, Section
from workbench.variants import REGIMES

EVERYBODY = "all"
CONFIDENCE = 0.95  # of every interval, before Holm's correction


def _names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_names)]


class Other(Section):
    """A bound that is computed from rows: the interval of another variant's value, or the spread between its seeds."""

    value_of: str | None = Field(None, description="a variant: its value's interval, to be above or below as a whole")
    spread_of: str | None = Field(
        None,
        description="a variant: its highest seed less its lowest, to be exceeded in the direction that is asked for",
    )

    @model_validator(mode="after")
    def _one(self) -> Other:
        if (self.value_of is None) == (self.spread_of is None):
            raise ValueError("a computed bound has one of value_of and spread_of")
        return self


class Select(Section):
    """Which rows a test is over. All seeds that there are take part."""

    regime: str = Field("single", description="what the runs were trained on: single, mixed, a data set; ucf101, mixed")
    variants: Names = Field(min_length=1, description="names, families, or all: one, or a list")
    leave_out: Names = Field([], description="variants to leave out of them")
    control: str | None = Field(None, description="what differences are to; by default each variant's matched control")
    control_seed: int | Literal["each"] = Field(
        "each",
        description="published rows: the control's seed; each: all that there are, and what they disagree on stays open",
    )
    probe: str | None = Field(None, description="our rows: how they were read; by default `probes` of the file")
    factor: str = Field("label", description="our rows: what was read")
    reading: Reading = Field("as_described", description="our rows: of variants that have two readings")
    decides: bool = Field(True, description="false: shown beside the verdict, and without effect on it")
    says: str = Field("", description="what the test asks, in words; by default computed")


class Asked(Section):
    """What a number is held against, in percentage points (a correlation: −1 to 1)."""

    above: float | None = Field(None, description="the number is above this")
    below: float | None = Field(None, description="the number is below this")
    between: list[float] | None = Field(
        None, min_length=2, max_length=2, description="the number is in this range, ends included"
    )

    @model_validator(mode="after")
    def _one(self) -> Asked:
        given = [name for name in ("above", "below", "between") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"one of above, below and between is asked for, not {' and '.join(given)}")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError(
                f"between [{self.between[0]:g}, {self.between[1]:g}] holds no number: the lower end comes first"
            )
        if not given and getattr(self, "states", None) is None:
            raise ValueError("nothing is asked: give above, below or between" + ", or states" * hasattr(self, "states"))
        return self


class Stated(Section):
    """A number as the study states it, for tests of one number over published rows."""

    states: float | None = Field(None, description="the number that is stated; it is computed anew and has to agree")
    decimals: int = Field(2, ge=0, le=6, description="digits after the point to which numbers are compared")


class DifferenceTest(Select, Stated, Asked):
    """Each variant less its control on each benchmark. Published rows: the number itself; our rows: its paired intervals."""

    operator: Literal["difference"]
    benchmarks: Names = Field(min_length=1, description="one or a list")


class IntervalTest(Select, Stated, Asked):
    """The interval of a difference or of a value, against a number, another value's interval, or a spread between seeds."""

    operator: Literal["interval"]
    benchmarks: Names = Field(min_length=1, description="one or a list")
    of: Literal["difference", "value"] = Field(
        "difference", description="of each variant less its control, or of itself"
    )
    above: float | Other | None = Field(None, description="the interval lies above this")  # type: ignore[assignment]
    below: float | Other | None = Field(None, description="the interval lies below this")  # type: ignore[assignment]

    @model_validator(mode="after")
    def _fits(self) -> IntervalTest:
        for bound in (self.above, self.below):
            if isinstance(bound, Other) and (self.of == "value") != (bound.value_of is not None):
                raise ValueError("value_of bounds a value, spread_of a difference")
        return self


class RankTest(Select):
    """The place of each variant among others, by its difference to the control."""

    operator: Literal["rank"]
    benchmarks: Names = Field(min_length=1, description="one, or a list that `over` joins into one number")
    among: Names = Field([EVERYBODY], min_length=1, description="names, families, or all")
    place: int = Field(1, ge=1, description="the variant is among this many")
    end: Literal["highest", "lowest"] = Field("highest", description="counted from which end")
    over: Literal["worst", "mean"] = Field("worst", description="what is ranked where there are several benchmarks")


class CountTest(Select, Asked):
    """How many of the variants have a difference that is above, below or between."""

    operator: Literal["count"]
    benchmarks: Names = Field(min_length=1, description="one or a list; each variant counts once for each")
    at_least: int | None = Field(None, ge=0, description="the count is this or more")
    at_most: int | None = Field(None, ge=0, description="the count is this or less")
    exactly: int | None = Field(None, ge=0, description="the count is this")
    out_of: int | None = Field(None, ge=1, description="how many there are to count, where that is stated")

    @model_validator(mode="after")
    def _counted(self) -> CountTest:
        given = [name for name in ("at_least", "at_most", "exactly") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"one of at_least, at_most and exactly is asked for, not {' and '.join(given) or 'none'}")
        return self


class CorrelationTest(Select, Stated, Asked):
    """Spearman's rank correlation over the variants of the differences on two benchmarks."""

    operator: Literal["correlation"]
    x: str = Field(description="a benchmark")
    y: str = Field(description="another")

    @property
    def benchmarks(self) -> list[str]:
        """Both."""
        return [self.x, self.y]


Test = DifferenceTest | IntervalTest | RankTest | CountTest | CorrelationTest
OneTest = Annotated[Test, Field(discriminator="operator")]
OPERATORS: dict[str, type[Section]] = {
    "difference": DifferenceTest,
    "interval": IntervalTest,
    "rank": RankTest,
    "count": CountTest,
    "correlation": CorrelationTest,
}


class Evidence(Section):
    """Kept diagnoses that bear on a claim without deciding it."""

    table: str = Field(description="a table of `workbench diagnose`, for example matrix")
    variants: Names = Field(min_length=1, description="whose runs")
    regime: str = Field("single", description="for the command, where there are none")


class Claim(Section):
    """One claim and what decides it."""

    id: int | str = Field(description="a number or a name of its own")
    claim: str = Field(min_length=1, description="what is claimed, in words")
    about: Names = Field([], description="the variants that it is about")
    rule: str = Field("", description="how the tests decide, in words")
    not_in_numbers: str = Field(
        "", description="the part that no arithmetic on results decides; it keeps the claim open"
    )
    audits: Names = Field(["gradient", "movement", "control", "spread"], description="audits that bear on it")
    published: list[OneTest] = Field([], description="tests over the study's rows")
    controlled: list[OneTest] = Field([], description="tests over our rows")
    evidence: list[Evidence] = Field([], description="diagnoses that bear on it and decide nothing")

    @model_validator(mode="after")
    def _something(self) -> Claim:
        if not (any(test.decides for test in (*self.published, *self.controlled)) or self.not_in_numbers):
            raise ValueError(
                "nothing decides this claim: give a test that decides under published or controlled, or not_in_numbers"
            )
        return self


class StandsFor(Section):
    """What of the study is stood for by what of ours."""

    benchmarks: dict[str, str] = Field({}, description="a benchmark of the study: ours")
    regimes: dict[str, str] = Field({}, description="a regime of the study: ours")


class ClaimsFile(Section):
    """A claims file."""

    preset: str = Field("standard", description="size of our runs")
    stands_for: StandsFor = StandsFor()
    probes: dict[str, str] = Field({}, description="the probe that our benchmarks are read with; others: attentive")
    families: dict[str, Names] = Field({}, description="a name for several variants")
    claims: list[Claim] = Field(min_length=1, description="the claims")

    def probe(self, test: Test, benchmark: str) -> str:
        """How a benchmark of ours is read in a test."""
        return test.probe or self.probes.get(benchmark, "attentive")

    def trained_on(self, regime: str) -> str:
        """A regime as result rows name it."""
        return REGIMES.get(regime, regime)
