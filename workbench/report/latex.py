"""A table in LaTeX: booktabs rules, escaped text, footnotes below. Needs the packages booktabs and textcomp."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.report.table import Cell, Column, Table

NARROW = 7  # columns above which the type is set smaller
SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
}
# What pdfLaTeX does not know by itself; letters with accents it does, and XeLaTeX and LuaLaTeX know the rest.
SYMBOLS = {
    "−": "$-$", "–": "--", "—": "---", "±": r"$\pm$", "×": r"$\times$", "·": r"$\cdot$", "≤": r"$\leq$", "≥": r"$\geq$",
    "→": r"$\rightarrow$", "∝": r"$\propto$", "²": r"$^2$", "³": r"$^3$", "√": r"$\surd$", "α": r"$\alpha$", "β": r"$\beta$",
    "λ": r"$\lambda$", "σ": r"$\sigma$", "ρ": r"$\rho$", "τ": r"$\tau$", "Δ": r"$\Delta$", "Σ": r"$\Sigma$", "…": r"\dots{}",
    "“": "``", "”": "''", "‘": "`", "’": "'", "✓": r"$\checkmark$", "\u00a0": "~", "\u202f": r"\,",
}  # fmt: skip
_ANY = re.compile("|".join(map(re.escape, [*SPECIAL, *SYMBOLS])))


def escaped(text: str) -> str:
    """`text` as LaTeX prints it."""
    known = SPECIAL | SYMBOLS
    return _ANY.sub(lambda found: known[found[0]], " ".join(text.split()))


def latex(table: Table) -> str:
    """A floating table with caption, label `tab:<name>`, and the notes as one paragraph each below the rules."""
    kinds = "".join("r" if column.number else "l" for column in table.columns)
    body = [_row(table, row) for row in table.rows]
    lead = f" {escaped(table.lead)}" if table.lead else ""
    marks = [f"\\textsuperscript{{{letter}}}~{escaped(mark)}" for mark, letter in table.letters.items()]
    notes = [*(escaped(note) for note in table.notes), *marks]
    size = [r"\scriptsize", r"\setlength{\tabcolsep}{3pt}"] if len(table.columns) > NARROW else [r"\small"]
    lines = [
        "% \\usepackage{booktabs,textcomp,amssymb}",
        r"\begin{table}[htbp]",
        r"\centering",
        f"\\caption{{\\textbf{{{escaped(table.title)}.}}{lead}}}",
        f"\\label{{tab:{_label(table.name)}}}",
        *size,
        f"\\begin{{tabular}}{{@{{}}{kinds}@{{}}}}",
        r"\toprule",
        *_heads(table.columns),
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
        *(["\\par\\smallskip", "{\\footnotesize\\raggedright"] if notes else []),
        *(f"{note}\\par" for note in notes),
        *(["}"] if notes else []),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _heads(columns: Sequence[Column]) -> list[str]:
    titles = " & ".join(_aligned(escaped(column.title), column) for column in columns) + r" \\"
    if not any(column.group for column in columns):
        return [titles]
    groups, rules, i = [], [], 0
    while i < len(columns):
        span = 1
        while columns[i].group and i + span < len(columns) and columns[i + span].group == columns[i].group:
            span += 1
        if columns[i].group:
            groups.append(f"\\multicolumn{{{span}}}{{c}}{{{escaped(columns[i].group)}}}")
            rules.append(f"\\cmidrule(lr){{{i + 1}-{i + span}}}")
        else:
            groups.append("")
        i += span
    return [" & ".join(groups) + r" \\", " ".join(rules), titles]


def _aligned(text: str, column: Column) -> str:
    return f"\\multicolumn{{1}}{{r}}{{{text}}}" if column.number and text else text


def _row(table: Table, row: Sequence[Cell]) -> str:
    if len(row) == 1:
        return f"\\addlinespace\n\\multicolumn{{{len(table.columns)}}}{{@{{}}l}}{{\\textit{{{escaped(row[0].text)}}}}} \\\\"
    return " & ".join(_cell(table, cell) for cell in row) + r" \\"


def _cell(table: Table, cell: Cell) -> str:
    text = escaped(cell.text)
    if cell.look == "code":
        text = f"\\texttt{{{text}}}" if text else ""
    if cell.marks:
        text += f"\\textsuperscript{{{','.join(table.letters[mark] for mark in cell.marks)}}}"
    return text + (f" {{\\scriptsize ({escaped(cell.sub)})}}" if cell.sub else "")


def _label(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9:.-]+", "-", name)
