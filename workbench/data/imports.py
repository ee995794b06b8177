"""Makes a data set out of a person's own videos: split CSVs that point at the files, which stay where they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.data.benchmarks import BENCHMARKS, FORMAT
from workbench.data.factors import SPLITS
from workbench.data.listing import counted, missing_files, read_csv, read_folder, write_split
from workbench.errors import WorkbenchError
from workbench.files import content_key, package_versions, whole_folder, write_json
from workbench.paths import data_root

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def import_videos(
    path: str | Path,
    name: str,
    *,
    val_share: float = 0.15,
    test_share: float = 0.15,
    seed: int = 0,
    skip_missing: bool = False,
    replace: bool = False,
) -> Path:
    """Make `data/<name>/` from a V-JEPA CSV, a folder of class folders, or a flat folder (one class); gives its folder.

    Subfolders or CSVs named train, val, test are taken as the splits. A split that is not given is drawn from train,
    class by class; equal arguments draw equal splits. A CSV row without its file is an error unless `skip_missing`.
    """
    path = Path(path).expanduser()
    _check_name(name, replace)
    _check_shares(val_share, test_share)
    splits, names = read_source(path)
    skipped = _check_rows(splits, path, skip_missing)
    shares = {"val": val_share, "test": test_share}
    splits = draw_splits(splits, {split: share for split, share in shares.items() if split not in splits}, seed)
    classes = 1 + max(int(table["label"].max()) for table in splits.values())
    folder = data_root() / name
    with whole_folder(folder) as temporary:
        for split, table in splits.items():
            table = table.reset_index(drop=True).rename_axis("clip").reset_index()
            write_split(temporary, split, table[["clip", "path", "label"]])
        write_json(
            temporary / "dataset.json",
            {
                "format": FORMAT,
                "name": name,
                "kind": "import",
                "title": f"videos of {path.absolute()}",
                "factors": {"label": classes},
                "class_names": {"label": names} if len(names) == classes else {},
                "counts": {split: len(table) for split, table in splits.items()},
                "skipped": skipped,
                "settings": {"path": str(path.absolute()), "seed": seed, "shares": shares},
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "versions": package_versions(),
            },
        )
    return folder


def read_source(path: Path) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """The splits at `path` (only 'train' where it names none), with rows as of `read_csv`; and class names, if any."""
    if path.is_file():
        return {"train": read_csv(path)}, []
    if not path.is_dir():
        raise WorkbenchError(f"{path} does not exist. Give a folder of videos or a CSV with lines 'path label'.")
    listed = {split: path / f"{split}.csv" for split in SPLITS if (path / f"{split}.csv").is_file()}
    if listed:
        return _with_train({split: read_csv(file) for split, file in listed.items()}, path), []
    folders = {split: path / split for split in SPLITS if (path / split).is_dir()}
    if "train" not in folders:  # without it, folders of such names are classes like any other
        table, names = read_folder(path)
        return {"train": table}, names
    named = {split: set(read_folder(folder)[1]) for split, folder in folders.items()}
    names = sorted(set.union(*named.values()))
    return {split: read_folder(folder, names)[0] for split, folder in folders.items()}, names


def draw_splits(splits: Mapping[str, pd.DataFrame], shares: Mapping[str, float], seed: int) -> dict[str, pd.DataFrame]:
    """Move a share of each class of train to every split in `shares`, at least one clip of a class of three or more."""
    train = splits["train"].reset_index(drop=True)
    target = np.full(len(train), "train", dtype=object)
    for label, rows in train.groupby("label").groups.items():
        order = train.loc[rows, "path"].sort_values().index.to_numpy()
        order = np.random.default_rng(int(content_key("split", seed, label), 16)).permutation(order)
        for split, share in shares.items():
            count = max(round(share * len(rows)), int(share > 0 and len(rows) >= 3))
            count = min(count, len(order) - 1)
            target[order[:count]], order = split, order[count:]
    result = {
        "train": train[target == "train"],
        **{split: train[target == split] for split in shares},
        **_without_train(splits),
    }
    return {split: result[split] for split in SPLITS if split in result and len(result[split])}


def _without_train(splits: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {split: table for split, table in splits.items() if split != "train"}


def _with_train(splits: dict[str, pd.DataFrame], path: Path) -> dict[str, pd.DataFrame]:
    if "train" not in splits:
        raise WorkbenchError(f"{path} has {', '.join(f'{split}.csv' for split in splits)} and no train.csv.")
    return splits


def _check_name(name: str, replace: bool) -> None:
    if not NAME.fullmatch(name):
        raise WorkbenchError(f"'{name}' cannot name a data set. Use letters, digits, '.', '_' and '-', at most 64.")
    if any(name == known or name.startswith(f"{known}-") for known in BENCHMARKS):
        raise WorkbenchError(f"'{name}' would pass for a benchmark. Choose another name for your videos.")
    folder = data_root() / name
    if folder.exists() and not replace:
        raise WorkbenchError(f"{folder} exists. Choose another name, or ask for it to be replaced.")
    if folder.exists() and not _is_import(folder):
        raise WorkbenchError(f"{folder} is not an imported data set and is left as it is. Choose another name.")


def _is_import(folder: Path) -> bool:
    info = folder / "dataset.json"
    return info.is_file() and json.loads(info.read_text()).get("kind") == "import"


def _check_shares(val_share: float, test_share: float) -> None:
    if not (0 <= val_share < 1 and 0 <= test_share < 1 and val_share + test_share < 1):
        raise WorkbenchError(
            f"Shares of val ({val_share:g}) and test ({test_share:g}) must be from 0 and add up to less than 1."
        )


def _check_rows(splits: dict[str, pd.DataFrame], path: Path, skip_missing: bool) -> int:
    """Raise for rows that stand twice or have no file; with `skip_missing` drop the latter and give their number."""
    absent: list[str] = []
    twice: list[str] = []
    seen: set[str] = set()
    for split, table in splits.items():
        source = path if path.is_file() else path / f"{split}.csv"
        again = table[table["path"].duplicated() | table["path"].isin(seen)]
        twice += [f"{source}, line {line}: {file}" for file, line in zip(again["path"], again["line"], strict=True)]
        seen |= set(table["path"])
        absent += missing_files(table, source)
    if twice:
        raise WorkbenchError(
            f"{counted(twice, 'repeated row')}. A video in two splits would be tested on what it taught."
        )
    if absent and (not skip_missing or len(absent) == len(seen)):
        raise WorkbenchError(
            f"{counted(absent, 'missing file')} of {len(seen)}. Relative paths start at the CSV's folder. "
            "Mend the list, or ask for missing files to be skipped."
        )
    for split, table in splits.items():
        splits[split] = table[[Path(file).exists() for file in table["path"]]]
    return len(absent)
