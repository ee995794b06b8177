"""A data set that this program made or imported: `dataset.json`, a CSV a split, and `captions.parquet` where it has captions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.data.factors import SPLITS
from workbench.data.listing import read_csv
from workbench.data.making import CAPTIONS
from workbench.data.readers.base import READERS, Found, Layout, Options, Source, repeats
from workbench.data.readers.files import need, read_json


def recognise(path: Path) -> str:
    """`dataset.json` with a list of train beside it."""
    return f"dataset.json in {path}" if (path / "dataset.json").is_file() and (path / "train.csv").is_file() else ""


def read(path: Path, options: Options) -> Found:
    """The splits as they are listed."""
    info = read_json(need(path, "workbench", "dataset.json"), dict)
    files = {split: path / f"{split}.csv" for split in SPLITS if (path / f"{split}.csv").is_file()}
    splits = {split: read_csv(file) for split, file in files.items()}
    sources = {split: Source(file, "line") for split, file in files.items()}
    return Found(
        layout="workbench",
        splits=splits,
        sources=sources,
        class_names=info.get("class_names", {}).get("label", []),
        captions=_captions(path / CAPTIONS, splits),
        problems=tuple(repeats(splits, sources)),
    )


def _captions(file: Path, splits: dict[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Captions with the paths of their clips."""
    if not file.is_file():
        return None
    captions = pd.read_parquet(file, columns=["clip", "split", "caption", "sen_id"])
    clips = {split: pd.read_parquet(file.with_name(f"{split}.parquet"), columns=["clip"])["clip"] for split in splits}
    paths = pd.concat([table[["path"]].assign(split=split, clip=clips[split]) for split, table in splits.items()])
    return captions.merge(paths, on=["split", "clip"])[["path", "caption", "sen_id"]]


READERS.add(
    "workbench",
    Layout(
        title="a data set under data/, made or imported here",
        needs="dataset.json and train.csv, as `workbench data make` and `data import` write them",
        recognise=recognise,
        read=read,
    ),
)
