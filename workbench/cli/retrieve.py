"""`workbench retrieve`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.output import JSON_HELP, as_records, print_json, print_table
from workbench.cli.runs import ElsewherePreset

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("direction", "metric", "value", "95 % interval", "chance", "n", "pool")


def retrieve_command(
    encoders: Annotated[
        list[str] | None,
        typer.Argument(
            help="RUN, RUN@teacher, random, hf:NAME_OR_FOLDER or file:PATH; or none, with --scores.", show_default=False
        ),
    ] = None,
    benchmark: Annotated[str | None, typer.Option(help="By default what the encoder was trained on.")] = None,
    split: Annotated[str, typer.Option(help="test, or val for what is to be chosen, as λ is.")] = "test",
    head: Annotated[
        str | None,
        typer.Option(
            help="own: the one a run was trained with; fitted: one fitted on the frozen encoder. By default its own if it has one."
        ),
    ] = None,
    term: Annotated[
        str, typer.Option(help="What a head is fitted by: infonce, siglip, negclip or vicreg_vt.")
    ] = "infonce",
    shift: Annotated[list[str] | None, typer.Option(help="A shift, a family of shifts, or all. Repeatable.")] = None,
    severity: Annotated[list[int] | None, typer.Option(help="1 to 5. Repeatable; by default 1, 3 and 5.")] = None,
    preset: ElsewherePreset = None,
    keep: Annotated[str | None, typer.Option(help="Write the rows to reports/measured/NAME.retrieval.parquet")] = None,
    again: Annotated[bool, typer.Option(help="Measure anew what is there already.")] = False,
    scores: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.npy", help="Anybody's similarities: a row a caption, a column a video; higher is more alike."
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The true video of each caption: .npy of one integer a row, or .csv with the header caption,video and a "
            "line a true pair, numbers from 0. By default row i belongs to column i.",
        ),
    ] = None,
    rerank: Annotated[
        list[str] | None, typer.Option(help="dual_softmax or qb_norm, in a table of its own; for cosines. Repeatable.")
    ] = None,
    bank: Annotated[
        Path | None,
        typer.Option(metavar="FILE.npy", help="For qb_norm: similarities of training captions with the same videos."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Find clips by captions and captions by clips, clean and under domain shift; or score a matrix of similarities."""
    if scores is None:
        asked = {
            "benchmark": benchmark,
            "split": split,
            "head": head,
            "term": term,
            "shifts": shift or [],
            "severities": severity or [1, 3, 5],
        }
        _encoders(encoders or [], preset, asked | {"rerank": rerank or [], "again": again}, keep, json)
        return
    found = score_files(scores, truth, rerank or [], bank)
    if json:
        print_json(as_records(found))
        return
    for name in found["rerank"].unique():
        shown = [_shown(row) for row in as_records(found[found["rerank"] == name])]
        title = (
            f"{scores} re-ranked by {name}: a score depends on more than its caption and video" if name else str(scores)
        )
        print_table(shown, COLUMNS, title)
    print("R@k and rsum in per cent. Equal scores count as broken at random. Chance: all scores equal.")


def _encoders(names: list[str], preset: str | None, asked: dict[str, Any], keep: str | None, json: bool) -> None:
    """Rows of each encoder, one below the other: everything as JSON, or clean recalls and what each shift leaves of R@1."""
    import pandas as pd

    from workbench.encoders import open_encoder
    from workbench.errors import UnknownName, WorkbenchError
    from workbench.retrieval.retrieve import retrieve
    from workbench.rows import beside_path, keep_beside
    from workbench.runs import list_runs

    if not names:
        raise WorkbenchError("Name an encoder, or give a matrix with --scores FILE.npy.")
    if asked["head"] not in (None, "own", "fitted"):
        raise UnknownName("head", str(asked["head"]), ("own", "fitted"))
    if keep:
        beside_path(keep, "retrieval")  # a name that cannot be kept under is said before the work
    runs = {run.name for run in list_runs()}
    found = pd.concat(
        [
            retrieve(open_encoder(name, preset=None if name.partition("@")[0] in runs else preset), **asked)
            for name in dict.fromkeys(names)
        ],
        ignore_index=True,
    )
    if keep:
        path = keep_beside(keep, "retrieval", found, f"workbench {shlex.join(sys.argv[1:])}")
        print(f"Kept in {path}", file=sys.stderr)
    if json:
        print_json(as_records(found))
        return
    _print_encoders(found)


def _print_encoders(found: pd.DataFrame) -> None:
    from workbench.retrieval.robustness import robustness

    clean = found[found["shift"] == ""]
    words = clean["direction"].where(clean["factor"] == "", clean["factor"])
    shown = [_shown(row) | {"direction": word} for row, word in zip(as_records(clean), words, strict=True)]
    title = f"Clean clips of {', '.join(clean['benchmark'].unique())}; head {', '.join(clean['head'].unique())}"
    print_table(shown, ("run", *COLUMNS), title)
    if (found["shift"] != "").any():
        table = robustness(found)
        table = table[(table["metric"] == "R@1") & (table["rerank"] == "")]
        columns = ("run", "shift", "severity", "direction", "clean", "shifted", "chance", "absolute", "relative")
        rows = [
            row
            | {name: f"{row[name]:.2f}" for name in ("clean", "shifted", "chance")}
            | {name: f"{row[name]:.3f}" if row[name] == row[name] else "" for name in ("absolute", "relative")}
            for row in as_records(table)
        ]
        print_table(rows, columns, "R@1 under shift")
    for note in (note for note in found["note"].unique() if note):
        print(note)
    print("R@k, rsum and words in per cent. Equal scores count as broken at random. Chance: all scores equal.")


def score_files(scores: Path, truth: Path | None, rerank: list[str], bank: Path | None) -> pd.DataFrame:
    """The metrics of files: see `workbench.retrieval.metrics.retrieval_metrics`."""
    from workbench.errors import WorkbenchError
    from workbench.retrieval.files import read_scores, read_truth
    from workbench.retrieval.metrics import retrieval_metrics
    from workbench.retrieval.rerank import RERANKS

    for name in rerank:
        RERANKS[name]
    if ("qb_norm" in rerank) != (bank is not None):
        raise WorkbenchError("--rerank qb_norm and --bank FILE.npy go together: give both or none.")
    matrix = read_scores(scores)
    captions, videos = matrix.shape
    if truth is None and captions != videos:
        raise WorkbenchError(
            f"{scores} has {captions} captions (rows) and {videos} videos (columns). Without --truth row i belongs to "
            "column i, so the matrix must be square: give --truth FILE."
        )
    pairs = None if truth is None else read_truth(truth, captions, videos)
    return retrieval_metrics(matrix, pairs, list(dict.fromkeys(rerank)), None if bank is None else read_scores(bank))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    low, high = row["low"], row["high"]
    interval = "" if low != low else f"{low:.2f} to {high:.2f}"  # not a number with one video
    return row | {"value": f"{row['value']:.2f}", "chance": f"{row['chance']:.2f}", "95 % interval": interval}
