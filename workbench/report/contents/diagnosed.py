"""What reports on diagnoses share: the rows of one or several tables of `workbench diagnose`."""

from __future__ import annotations

from workbench.report.contents.kept import Kept
from workbench.report.figures import Chart
from workbench.report.prose import Prose


class Diagnosed(Kept):
    """A report on tables of `NAME.diagnosis.parquet`; `part` is the option of the command that makes them."""

    kind = "diagnosis"
    needs = ("benchmark", "table", "value", "low", "high", "n", "audit", "random_encoder")
    what = "rows of a diagnosis"
    part = ""

    @property
    def command(self) -> str:  # type: ignore[override]
        """The command that makes the rows."""
        return f"workbench diagnose {{runs}} --part {self.part} --keep {{name}}"

    def figures_of(self, name: str, table: str, caption: str) -> Chart | Prose:
        """The figures that `workbench diagnose` draws of a table."""
        rows = self.rows[self.rows["table"] == table] if len(self.rows) else self.rows
        if rows.empty:
            return Prose(name, "")
        from workbench.diagnosis.figures import figures

        return Chart(name, caption, figures({table: rows.dropna(axis=1, how="all")}, [table]))
