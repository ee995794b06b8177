"""The tables of one or several diagnoses, the sentences that sum them up, and their figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import UnknownName

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Diagnosis(Mapping[str, pd.DataFrame]):
    """Tables by name: `diagnosis["matrix"]`; `name` is the encoder's. Iterates over the names of its tables."""

    name: str
    tables: Mapping[str, pd.DataFrame]

    def __getitem__(self, table: str) -> pd.DataFrame:
        if table not in self.tables:
            raise UnknownName("table of a diagnosis", table, self.tables)
        return self.tables[table]

    def __contains__(self, table: object) -> bool:
        return table in self.tables

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def rows(self) -> pd.DataFrame:
        """All tables as one, a number a row; `table` says which it is of, and a column that a table lacks is empty."""
        every = pd.concat([table.assign(table=name) for name, table in self.tables.items()], ignore_index=True)
        for name in every:
            if every[name].dtype == object:  # numbers in one table, words in another
                every[name] = every[name].map(str, na_action="ignore")
        return every

    def summary(self) -> pd.DataFrame:
        """The first numbers to look at: encoder, benchmark, audit, question, measure, value, low, high, n, random_encoder, note."""
        from workbench.diagnosis.summary import summary

        return summary(self)

    def figures(self, *tables: str) -> list[go.Figure]:
        """Figures of these tables, by default of all there are: matrix, sensitivity, features, channels, quality, spectrum, label_curve."""
        from workbench.diagnosis.figures import figures

        return figures(self, tables)


def join(diagnoses: Sequence[Diagnosis]) -> Diagnosis:
    """Tables of several encoders below each other."""
    names = dict.fromkeys(name for one in diagnoses for name in one)
    tables = {n: pd.concat([one[n] for one in diagnoses if n in one], ignore_index=True) for n in names}
    return Diagnosis(", ".join(one.name for one in diagnoses), tables)
