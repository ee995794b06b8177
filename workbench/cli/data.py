"""`workbench data make`, `import`, `check`, `layouts`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import JSON_HELP, print_json, print_table

app = typer.Typer(help="Make, import and check data sets.", no_args_is_help=True)
LAYOUT_HELP = "One of `workbench data layouts`; auto: by what files are there."
SPLIT_HELP = "Which of the official splits of UCF-101: 1 (default), 2, 3."
PROTOCOL_HELP = "Of MSR-VTT: 1k-A (default; 9k is the same), 7k, full."
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


@app.command("make")
def make_command(
    benchmark: Annotated[str, typer.Argument(help="See `workbench benchmarks`.")],
    preset: Annotated[str, typer.Option(help="Its numbers of clips and their size.")] = "quick",
    set_: Annotated[list[str] | None, typer.Option("--set", help="data.key=value. Repeatable.")] = None,
    json: Json = False,
) -> None:
    """Render a benchmark to MP4 files, split CSVs and a Parquet file of factors."""
    from workbench.cli.runs import changes_of
    from workbench.data.making import make_benchmark
    from workbench.presets import build_config

    folder = make_benchmark(benchmark, build_config(preset=preset, changes=changes_of(set_)).data)
    if json:
        print_json({"folder": str(folder)})
    else:
        print(f"{benchmark} for preset {preset} is in {folder}")


@app.command("import")
def import_command(
    path: Annotated[
        Path, typer.Argument(help="A data set's folder, a V-JEPA CSV (`path label`), or a captioned JSON.")
    ],
    name: Annotated[str, typer.Option(help="What to call it: `workbench train baseline --data NAME`.")],
    layout: Annotated[str, typer.Option(help=LAYOUT_HELP)] = "auto",
    official_split: Annotated[int | None, typer.Option(help=SPLIT_HELP)] = None,
    protocol: Annotated[str | None, typer.Option(help=PROTOCOL_HELP)] = None,
    val_share: Annotated[float, typer.Option(help="Drawn from train where no val split is given.")] = 0.15,
    test_share: Annotated[float, typer.Option(help="Drawn from train where no test split is given.")] = 0.15,
    seed: Annotated[int, typer.Option(help="Of the drawing.")] = 0,
    skip_missing: Annotated[bool, typer.Option(help="Leave out rows whose file is not there.")] = False,
    replace: Annotated[bool, typer.Option(help="Replace an import of the same name.")] = False,
    json: Json = False,
) -> None:
    """Make a data set of files in a published layout or of your own videos; they stay where they are."""
    from workbench.data.clips import read_info
    from workbench.data.imports import import_videos

    folder = import_videos(
        path,
        name,
        layout=layout,
        official_split=official_split,
        protocol=protocol,
        val_share=val_share,
        test_share=test_share,
        seed=seed,
        skip_missing=skip_missing,
        replace=replace,
    )
    info = read_info(folder)
    if json:
        print_json({"folder": str(folder), **info})
        return
    print(f"layout {info['layout']}{''.join(f'; {note}' for note in info['notes'])}")
    counts = ", ".join(f"{count} {split}" for split, count in info["counts"].items())
    captions = f", {info['captions']} captions" if info["captions"] else ""
    print(f"{name}: {counts}, {info['factors']['label']} classes{captions}, in {folder}")
    if info["skipped"]:
        print(f"{info['skipped']} listed files are not there and were left out.")
    print(f"Next: workbench data check {name}; workbench train baseline --data {name}")


@app.command("check")
def check_command(
    source: Annotated[str, typer.Argument(help="A data set's name, a folder, a CSV, or a captioned JSON.")],
    layout: Annotated[str, typer.Option(help=LAYOUT_HELP)] = "auto",
    official_split: Annotated[int | None, typer.Option(help=SPLIT_HELP)] = None,
    protocol: Annotated[str | None, typer.Option(help=PROTOCOL_HELP)] = None,
    decode: Annotated[bool, typer.Option(help="Decode frames of every file too, not only its header.")] = False,
    json: Json = False,
) -> None:
    """Say what a data set holds: layout, classes, durations, captions; and name what is broken, missing or there twice."""
    from workbench.data.check import check_data
    from workbench.data.readers import Options

    report = check_data(source, layout=layout, options=Options(official_split, protocol), decode=decode)
    if json:
        print_json(report.to_dict())
        return
    from rich.console import Console

    Console().print(report.table())


@app.command("layouts")
def layouts_command(json: Json = False) -> None:
    """List the layouts that are read and what each needs."""
    from workbench.data.readers import READERS

    rows = [{"layout": name, "holds": entry.title, "needs": entry.needs} for name, entry in READERS.items()]
    if json:
        print_json(rows)
    else:
        print_table(rows, ("layout", "holds", "needs"), "Layouts")
