"""The files that an executed notebook becomes: each table in the formats asked for, with what it was made from where the format can say it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.registry import Registry

PARQUET_MIME = "application/vnd.apache.parquet"  # in an output: base64
PLOTLY_MIME = "application/vnd.plotly.v1+json"


@dataclass(frozen=True)
class TableFormat:
    """One kind of file: its ending, the view of the table in a notebook's output, and how it is written with `origin` (name -> text)."""

    ending: str
    mime: str
    write: Callable[[Path, Any, Mapping[str, str]], None]


TABLE_FORMATS: Registry[TableFormat] = Registry("format of a table")


def _write_text(path: Path, view: Any, origin: Mapping[str, str]) -> None:
    path.write_text(view, encoding="utf-8")


def _write_markdown(path: Path, view: Any, origin: Mapping[str, str]) -> None:
    made = "\n".join(f"- {name}: `{text}`" for name, text in origin.items())
    path.write_text(f"{view}\n{made}\n" if made else view, encoding="utf-8")


def _write_latex(path: Path, view: Any, origin: Mapping[str, str]) -> None:
    made = "".join(f"% {name}: {' '.join(text.split())}\n" for name, text in origin.items())
    path.write_text(made + view, encoding="utf-8")


def _write_parquet(path: Path, view: Any, origin: Mapping[str, str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(base64.b64decode(view)))
    about = {f"workbench.{name}".encode(): text.encode() for name, text in origin.items()}
    pq.write_table(table.replace_schema_metadata((table.schema.metadata or {}) | about), path, compression="zstd")


TABLE_FORMATS.add("csv", TableFormat("csv", "text/csv", _write_text))
TABLE_FORMATS.add("parquet", TableFormat("parquet", PARQUET_MIME, _write_parquet))
TABLE_FORMATS.add("markdown", TableFormat("md", "text/markdown", _write_markdown))
TABLE_FORMATS.add("latex", TableFormat("tex", "text/latex", _write_latex))


def write_tables(
    notebook: Any, folder: Path, formats: Sequence[str], origin: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Write the tables that the notebook's outputs hold to `folder`; gives title, lead, records and files of each, by name.

    Raises where two tables have one name, or an output lacks the view that a format is made from.
    """
    written: dict[str, dict[str, Any]] = {}
    for output in outputs(notebook, "table"):
        about = output["metadata"]["workbench"]
        name = about["name"]
        if name in written:
            raise WorkbenchError(f"Two tables of this report are named '{name}'. Give one of them another name.")
        files = []
        for wanted in formats:
            kind = TABLE_FORMATS[wanted]
            if kind.mime not in output["data"]:
                raise WorkbenchError(f"The table '{name}' has no view for the format '{wanted}' ({kind.mime}).")
            kind.write(folder / f"{name}.{kind.ending}", output["data"][kind.mime], origin)
            files.append(f"{name}.{kind.ending}")
        key = content_key(output["data"].get("text/csv", ""))
        told = {field: about.get(field, "") for field in ("title", "lead", "records")}
        written[name] = {**told, "key": key, "files": files}
    return written


def prose(notebook: Any, name: str) -> str:
    """The computed text of that name in the notebook's outputs, or nothing."""
    found = [
        o["data"]["text/markdown"] for o in outputs(notebook, "prose") if o["metadata"]["workbench"]["name"] == name
    ]
    return found[0] if found else ""


def outputs(notebook: Any, kind: str) -> list[Any]:
    """The outputs of a notebook (a node or plain JSON) that are of a kind: table, prose, figure, caption."""
    every = (output for cell in notebook["cells"] for output in cell.get("outputs", []))
    return [output for output in every if output.get("metadata", {}).get("workbench", {}).get("kind") == kind]


def has_figures(notebook: Any) -> bool:
    """Whether the notebook's outputs hold a plotly figure."""
    every = (output for cell in notebook["cells"] for output in cell.get("outputs", []))
    return any(PLOTLY_MIME in output.get("data", {}) for output in every)
