"""The parameters of every report, typed and described once: what reports have in common stands in a base."""

from __future__ import annotations

from itertools import product
from typing import Any, ClassVar, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from workbench.config import ProbeSettings, Reading, Section
from workbench.presets import PRESETS
from workbench.report.counterparts import AS_THE_STUDY, COUNTERPARTS, study_probe
from workbench.variants import VARIANTS, studied

Format = Literal["csv", "parquet", "markdown", "latex"]
FORMATS: tuple[Format, ...] = get_args(Format)
Readings = Literal["as_described", "as_published", "both"]
USUAL_PROBES: tuple[str, ...] = ProbeSettings.model_fields["probes"].default
USUAL_BENCHMARKS: tuple[str, ...] = ProbeSettings.model_fields["benchmarks"].default
Regime = Literal["single", "mixed"]
REGIMES: tuple[Regime, ...] = get_args(Regime)
STUDY = '["study"]: all that the study ran in the regime'


class ReportParameters(Section):
    """What every report has."""

    formats: list[Format] = Field(list(FORMATS), description="files written beside the page")

    @field_validator("*")
    @classmethod
    def _once(cls, values: Any) -> Any:
        if isinstance(values, list) and len(set(values)) < len(values):
            raise ValueError("an entry is given twice")
        return values

    def studies(self) -> tuple[Any, ...]:
        """Parameters of each study of result rows that the report rests on: one a reading; none where it rests on other tables."""
        return ()


class RunParameters(ReportParameters):
    """What reports about runs have."""

    preset: str = Field("standard", description="size of the runs")
    seeds: list[int] = Field([0, 1, 2], min_length=1, description="seeds of the runs")

    @model_validator(mode="after")
    def _known_runs(self) -> Self:
        PRESETS[self.preset]
        for name in getattr(self, "variants", ()):
            VARIANTS[name]
        if min(self.seeds) < 0:
            raise ValueError(f"seeds: a seed is 0 or above (given: {list(self.seeds)})")
        return self


class StudyParameters(RunParameters):
    """What reports have that compare accuracies of runs trained alike. A subclass has `variants`, `regime`, `reading` and `probes`."""

    benchmarks: list[str] = Field(list(USUAL_BENCHMARKS), min_length=1, description="data sets that were probed")
    source: Literal["all", "runs", "measured"] = Field(
        "all", description='from checkpoints/ ("runs"), from reports/measured/ ("measured"), or both'
    )

    @model_validator(mode="before")
    @classmethod
    def _study(cls, values: dict[str, Any]) -> dict[str, Any]:
        fields = cls.model_fields
        usual = fields["variants"].default if "variants" in fields else None
        if values.get("variants", usual) == ["study"]:
            regime = values.get("regime", fields["regime"].default if "regime" in fields else cls.regime)  # type: ignore[attr-defined]
            return values | {"variants": studied(str(regime))}
        return values

    @model_validator(mode="after")
    def _known_probes(self) -> Self:
        for name in self.probes:  # type: ignore[attr-defined]
            if name not in USUAL_PROBES:
                from workbench.probes.views import probe_and_views  # imports torch, so only where it is needed

                probe_and_views(name)
        for name in self.benchmarks:
            if name not in USUAL_BENCHMARKS:
                from workbench.data.clips import check_source

                check_source(name)
        return self

    @property
    def cells(self) -> list[tuple[str, str]]:
        """All (benchmark, probe) that are read."""
        return list(product(self.benchmarks, self.probes))  # type: ignore[attr-defined]

    def studies(self) -> tuple[Any, ...]:
        """These parameters, once for each reading asked for."""
        if self.reading != "both":  # type: ignore[attr-defined]
            return (self,)
        return tuple(self.model_copy(update={"reading": one}) for one in get_args(Reading))


class ComparedParameters(StudyParameters):
    """The same where the report makes the intervals."""

    confidence: float = Field(0.95, gt=0.5, lt=1, description="of every interval")


class MainParameters(ComparedParameters):
    """What the main report is made of."""

    variants: list[str] = Field(
        ["random", "baseline", "ld", "fwm"], min_length=1, description=f"rows of the tables; {STUDY}"
    )
    regime: str = Field("single", description="what the runs were trained on: single, mixed, or a data set's name")
    reading: Reading = Field("as_described", description="of variants that have two; the others are as described")
    probes: list[str] = Field(list(USUAL_PROBES), min_length=1, description="how the encoders were read")


class ResultsParameters(ComparedParameters):
    """What a table of results beside the published ones is made of. `regime` belongs to the report."""

    regime: ClassVar[str] = "single"
    variants: list[str] = Field(["study"], min_length=1, description=f"rows of the tables; {STUDY}")
    reading: Readings = Field("both", description="of variants that have two; the others are as described")
    probe: str = Field(
        AS_THE_STUDY, description='how the encoders were read; "study": as the study read each benchmark\'s counterpart'
    )

    @property
    def cells(self) -> list[tuple[str, str]]:
        """All (benchmark, probe) that are read: one probe a benchmark."""
        return [(name, study_probe(name) if self.probe == AS_THE_STUDY else self.probe) for name in self.benchmarks]

    @property
    def probes(self) -> list[str]:
        """The probes of the cells."""
        return list(dict.fromkeys(probe for _, probe in self.cells))


class MixedParameters(ResultsParameters):
    """The same in the mixed regime."""

    regime: ClassVar[str] = "mixed"


class AblationParameters(MixedParameters):
    """The same of the variants that FWM, HW and LD make."""

    variants: list[str] = Field(
        ["random", "baseline", "fwm", "hw", "ld", "fwm_ld", "hw_ld", "fwm_hw_ld"],
        min_length=1,
        description="rows of the tables",
    )


_STILL = ["kinematic", *(f"kinematic_{name}" for name in ("0_1", "accel", "huber", "anneal", "split"))]


class KinematicParameters(ResultsParameters):
    """The same of the kinematic and SIGReg runs."""

    variants: list[str] = Field(
        ["random", "baseline", *_STILL, "sigreg", "sigreg_no_ema"], min_length=1, description="rows of the tables"
    )


class SyntheticMotionParameters(ResultsParameters):
    """The same of the runs whose score of synthetic motion is published."""

    variants: list[str] = Field(
        ["random", "baseline", "kinematic", "kinematic_0_1"], min_length=1, description="rows of the table of ours"
    )
    benchmarks: list[str] = Field(["motion48"], min_length=1, description="data sets of ours beside it")


class ProbesParameters(ComparedParameters):
    """What a comparison of probes on one encoder is made of."""

    variant: str = Field("baseline", description="whose encoder is read")
    regime: str = Field("single", description="what the runs were trained on: single, mixed, or a data set's name")
    reading: Reading = Field("as_described", description="of a variant that has two")
    probes: list[str] = Field(list(USUAL_PROBES), min_length=1, description="how the encoder is read")

    @property
    def variants(self) -> list[str]:
        """The random encoder and the variant."""
        return list(dict.fromkeys(["random", self.variant]))


class TradeOffParameters(StudyParameters):
    """What the trade-off of appearance and motion is made of; its intervals are those of the rows."""

    confidence: ClassVar[float] = 0.95

    variants: list[str] = Field(["study"], min_length=1, description=f"encoders; {STUDY}")
    regime: str = Field("mixed", description="what the runs were trained on: single, mixed, or a data set's name")
    reading: Readings = Field("both", description="of variants that have two; the others are as described")
    probe: str = Field("attentive", description="how both were read")
    benchmarks: list[str] = Field(
        ["appearance100", "motion48"], min_length=2, max_length=2, description="of appearance, and of motion"
    )

    @property
    def probes(self) -> list[str]:
        """The one probe."""
        return [self.probe]


class KeptParameters(RunParameters):
    """What reports have that show tables kept beside result rows, a line an encoder."""

    variants: list[str] = Field(
        ["random", "baseline", "fwm", "fwm_hw_ld"], min_length=1, description="whose encoders are shown"
    )
    regimes: list[str] = Field(
        list(REGIMES), min_length=1, description="what the runs were trained on: single, mixed, or a data set's name"
    )
    reading: Readings = Field("both", description="of variants that have two; the others are as described")
    benchmarks: list[str] = Field(["motion48", "temporal16"], min_length=1, description="data sets that were read")
    others: bool = Field(True, description="show encoders that are no runs of this workbench, too")

    def shown(self, regime: str) -> list[str]:
        """The variants asked for in a regime: of one of the study, only those that it ran there, and those of no study."""
        if regime not in REGIMES:
            return self.variants
        return [name for name in self.variants if not (of := VARIANTS[name].regimes) or regime in of]


# The study of captions: λ on the baseline, captions alone, added late, and the λ that validation chose on `fwm_hw_ld`.
TEXT_STUDY = [
    *("random", "baseline", *(f"baseline+infonce={weight}" for weight in ("0.03", "0.1", "0.3", "1", "3"))),
    *("text_only+infonce=1", "baseline+infonce_late=0.03", "fwm_hw_ld", "fwm_hw_ld+infonce=0.03"),
]


class QualityParameters(KeptParameters):
    """The same of quality, and of the readings that runs took while they were trained."""

    monitored: list[str] = Field(
        ["baseline", "fwm_hw_ld", "baseline+infonce=0.03", "baseline+infonce=0.3", "fwm_hw_ld+infonce=0.03"],
        min_length=1,
        description="variants whose readings over training are shown",
    )


class RetrievalParameters(KeptParameters):
    """The same of retrieval."""

    variants: list[str] = Field(TEXT_STUDY, min_length=1, description="whose encoders are shown")
    regimes: list[str] = Field(
        ["mixed"], min_length=1, description="what the runs were trained on: single, mixed, or a data set's name"
    )
    reading: Readings = Field("as_described", description="of variants that have two; the others are as described")
    benchmarks: list[str] = Field(["mixed"], min_length=1, description="data sets whose clips were searched")


class GatesParameters(ReportParameters):
    """What the report on the benchmarks' gates is made of."""

    benchmarks: list[str] = Field(list(COUNTERPARTS), min_length=1, description="benchmarks whose gates are shown")


class AllRunsParameters(RunParameters):
    """What reports have that show every run of the study."""

    regimes: list[Regime] = Field(list(REGIMES), min_length=1, description="regimes of the study")
    reading: Readings = Field("both", description="of variants that have two; the others are as described")

    def shown(self, regime: str) -> list[str]:
        """The random encoder and all that the study ran in a regime."""
        return studied(regime)
