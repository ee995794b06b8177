"""Tables of results beside the published ones: every arm with its interval, against its matched control."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from workbench.report.compare import Accuracy, Difference, accuracy, difference
from workbench.report.contents.arms import Arm, arms_of, have_runs
from workbench.report.contents.common import Contents
from workbench.report.contents.external import External
from workbench.report.contents.published import Published
from workbench.report.contents.result_table import Against, Line, result_table
from workbench.report.contents.standing import standing
from workbench.report.figures import Chart
from workbench.report.prose import Prose
from workbench.report.table import Table


class Results(Contents):
    """The table of one regime: arms × benchmarks, each read by one probe, beside the published score."""

    against: Sequence[Against] = (Against("control"),)

    @cached_property
    def arms(self) -> list[Arm]:
        """Variants in the readings asked for."""
        return arms_of(self.studies, self.parameters.variants)

    @cached_property
    def published(self) -> Published:
        """The study's scores in this regime."""
        return Published(self.parameters.regime, self.parameters.confidence)

    @cached_property
    def external(self) -> External:
        """Imported rows of other tools in this regime."""
        return External(self.parameters.regime, self.parameters.benchmarks, self.parameters.confidence)

    @cached_property
    def lines(self) -> list[Line]:
        """One line for each benchmark and arm: accuracy, and its differences."""
        return [self._line(arm, *cell) for cell in self.parameters.cells for arm in self.arms]

    def summary(self) -> Prose:
        """How many runs there are, how many cells stand where, how many fail their audits."""
        return Prose(
            "summary", " ".join([have_runs(self.studies, self.parameters), *standing(self.lines, self.against)])
        )

    def results(self) -> Table:
        """The table."""
        return result_table(self.lines, self.against, self.parameters, self.published, self.external)

    def chart(self) -> Chart | Prose:
        """The differences to the controls, one panel a benchmark."""
        from workbench.report.contents.difference_chart import difference_chart

        return difference_chart(self.lines, self.parameters.confidence)

    def _line(self, arm: Arm, benchmark: str, probe: str) -> Line:
        found: Accuracy | None = accuracy(arm.study, arm.variant, benchmark, probe)
        differences = tuple(self._difference(arm, one.of(arm.variant), benchmark, probe) for one in self.against)
        return Line(arm, benchmark, probe, found, differences)

    def _difference(self, arm: Arm, other: str | None, benchmark: str, probe: str) -> Difference | None:
        if other is None or other not in arm.study.variants:
            return None
        return difference(arm.study, arm.variant, other, benchmark, probe)


class AgainstRandom(Results):
    """The same, each arm also against the random encoder."""

    against = (Against("control"), Against("random"))
