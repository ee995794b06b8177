"""Published recalls of other models on MSR-VTT: a table of its own, in no ranking with ours."""

from __future__ import annotations

from workbench.published import read
from workbench.report.contents.common import each
from workbench.report.table import Cell, Column, Table


def reference_table() -> Table:
    """Text→video R@1 as published, by setting."""
    found = read("retrieval.csv").fillna({"encoder": ""})
    columns = [Column("method", number=False), Column("published R@1, %"), Column("pool")]
    rows: list[list[Cell]] = []
    for setting, group in found.groupby("setting", sort=False):
        rows.append([Cell(f"{setting}, text→video")])
        rows += [
            [
                Cell(row.method, " · ".join(filter(None, (row.encoder, row.source)))),
                Cell(str(row.r1_percent)),
                Cell(f"{row.pool:,}", row.benchmark),
            ]
            for row in each(group)
        ]
    lead = "For scale alone. These models saw other videos and other text, far more of both, and were scored on MSR-VTT; ours are scored on rendered clips. No number above is to be compared with one of these."
    notes = [
        "No intervals and no seeds were published with these numbers. Chance of R@1 is 100/pool: 0.1 % at 1,000 videos."
    ]
    return Table("reference", "Published, on MSR-VTT", columns, rows, found, notes, lead)
