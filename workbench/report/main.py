"""The main report: everything its notebook shows, in the order in which it shows it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from workbench.report import tables, words
from workbench.report.compare import Accuracy, Difference, accuracy, cells, controls, difference
from workbench.report.differences import criterion_table, difference_table
from workbench.report.figures import Chart, accuracy_charts, loss_charts
from workbench.report.gather import Study, gather, run_folders
from workbench.report.made import made_by
from workbench.report.parameters import make_parameters, namespace_parameters
from workbench.report.prose import Prose
from workbench.report.table import Table
from workbench.variants import VARIANTS

NAME = "main"


class MainReport:
    """Tables, figures and sentences of the main report for one set of parameters."""

    def __init__(self, parameters: Any) -> None:
        self.parameters = parameters
        self.study: Study = gather(parameters)
        self._differences: dict[tuple[str, ...], Difference | None] = {}

    @classmethod
    def of(cls, **parameters: Any) -> MainReport:
        """From Python: `MainReport.of(preset="quick", seeds=[0])`."""
        return cls(make_parameters(NAME, parameters))

    @classmethod
    def from_notebook(cls, namespace: Mapping[str, Any]) -> MainReport:
        """From the variables of its notebook, validated."""
        return cls(namespace_parameters(NAME, namespace))

    @cached_property
    def accuracies(self) -> dict[tuple[str, str, str], Accuracy | None]:
        """(variant, benchmark, probe) -> accuracy of the label, None where not run."""
        study = self.study
        return {(v, b, p): accuracy(study, v, b, p) for v in study.variants for b, p in cells(study)}

    def difference(self, variant: str, other: str, benchmark: str, probe: str) -> Difference | None:
        """One paired difference, computed once."""
        key = (variant, other, benchmark, probe)
        if key not in self._differences:
            self._differences[key] = difference(self.study, *key)
        return self._differences[key]

    @property
    def judged(self) -> bool:
        """Whether the study holds what the learning criterion compares."""
        return {"random", "baseline"} <= set(self.study.variants)

    def summary(self) -> Prose:
        """The report in one paragraph."""
        sentences = [words.have(self.study)]
        if self.judged:
            sentences.append(self._criterion_sentence())
        found = {
            (variant, control): [one for b, p in cells(self.study) if (one := self.difference(variant, control, b, p))]
            for variant, control in controls(self.study)
            if control != "random"
        }
        sentences += words.versus({pair: differences for pair, differences in found.items() if differences})
        if against := self._against_random():
            sentences.append(words.findings_in_short(against))
        return Prose("summary", " ".join(sentences))

    def missing(self) -> Table | Prose:
        """Runs without results with the commands that make them, and notes on rows."""
        if self.study.missing:
            return tables.missing_table(self.study)
        return Prose("missing", "")

    def notes(self) -> Prose:
        """What is out of the ordinary about the rows."""
        return Prose("notes", "\n".join(f"- {note}" for note in self.study.notes))

    def criterion(self) -> Table | Prose:
        """Has the baseline learnt anything?"""
        if not self.judged:
            return Prose(
                "criterion",
                "The learning criterion compares `baseline` with `random`; this report was not asked for both.",
            )
        found = {(b, p): self.difference("baseline", "random", b, p) for b, p in cells(self.study)}
        return criterion_table(self.study, found, self._criterion_sentence())

    def accuracy(self) -> Table:
        """Accuracy of every encoder."""
        return tables.accuracy_table(self.study, self.accuracies)

    def differences(self) -> Table | Prose:
        """Each trained variant less its matched control."""
        pairs = controls(self.study)
        if not pairs:
            return Prose(
                "differences", "No variant of this report has its matched control in it, so nothing is compared."
            )
        keys = [(variant, control, b, p) for variant, control in pairs for b, p in cells(self.study)]
        return difference_table(self.study, {key: self.difference(*key) for key in keys})

    def findings(self) -> Prose:
        """Trained encoders that are no better than the random one."""
        against = self._against_random()
        if not against:
            return Prose(
                "findings", "No trained encoder could be set against the random one: not run, or not asked for."
            )
        found = words.findings(against) or [words.findings_in_short(against)]
        return Prose("findings", "\n".join(f"- {sentence}" for sentence in found))

    def factors(self) -> Table | Prose:
        """Accuracy of factors other than the label, where they were read."""
        study = self.study
        read = study.rows[study.rows["factor"] != "label"]
        wanted = list(dict.fromkeys(zip(read["benchmark"], read["factor"], strict=True)))
        if not wanted:
            return Prose(
                "factors", "Only labels were read from these runs. Other factors: `workbench probe RUN --factor NAME`."
            )
        found = {
            (v, b, p, f): accuracy(study, v, b, p, f) for b, f in wanted for v in study.variants for p in study.probes
        }
        return tables.factor_table(study, found)

    def accuracy_figures(self) -> Chart | Prose:
        """Accuracies with intervals, chance and the random encoder, one panel a benchmark."""
        if not any(self.accuracies.values()):
            return Prose("accuracy-figure", "Nothing to draw: no cell was run.")
        return accuracy_charts(self.study, self.accuracies)

    def loss_figures(self) -> Chart | Prose:
        """Every term of the loss over training, raw."""
        runs = run_folders(list(self.study.rows["run"].unique()))
        histories = {name: run.history() for name, run in runs.items() if VARIANTS[run.config.variant].trained}
        histories = {name: table for name, table in histories.items() if len(table)}
        if not histories:
            return Prose("loss-figure", "The histories of these runs are not on this disk, or none was trained.")
        variants = {name: runs[name].config.variant for name in histories}
        return loss_charts(histories, variants, self.study.variants)

    def runs(self) -> Table:
        """What stands behind the numbers."""
        return tables.runs_table(self.study)

    def made_by(self) -> Prose:
        """Command, parameters, versions, data and rows."""
        return made_by(NAME, self.parameters, [self.study])

    def _criterion_sentence(self) -> str:
        return words.criterion(self.study, [self.difference("baseline", "random", b, p) for b, p in cells(self.study)])

    def _against_random(self) -> list[Difference]:
        study = self.study
        if "random" not in study.variants:
            return []
        trained = [name for name in study.variants if VARIANTS[name].trained]
        return [one for v in trained for b, p in cells(study) if (one := self.difference(v, "random", b, p))]
