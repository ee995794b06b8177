"""Clip sets: the decoded clips of one split with their labels and factors, ready for training and probing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS, FORMAT
from workbench.data.cache import Decoding, decode_clips
from workbench.data.listing import counted
from workbench.data.making import make_benchmark
from workbench.data.probe import IMAGE_SUFFIXES
from workbench.data.shards import Clips
from workbench.data.views import ONE, Views
from workbench.errors import UnknownName, WorkbenchError
from workbench.files import content_key, read_object
from workbench.paths import data_root

SPLITS = ("train", "val", "test")
AGAIN = "Delete the folder and make or import it again."


@dataclass(frozen=True)
class ClipSet:
    """One split of a data set, decoded.

    `clips` is uint8 (n, T, H, W, 3), read-only and mapped from the cache; `table` has its n rows: `clip` (id), `path`, `label`, then
    the factors. `factors` names what can be probed and its number of classes; `class_names` has words for them. `key`
    names the content: pixels and labels. `problems` lists files left out (`path`, `line`, `reason`, `detail`),
    `sampling` counts the clips by the rule that chose their frames.
    """

    name: str
    split: str
    clips: Clips
    table: pd.DataFrame
    factors: dict[str, int]
    class_names: dict[str, list[str]]
    key: str
    problems: pd.DataFrame
    sampling: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.table)


def holds_stills(data: DataSettings) -> bool:
    """Whether the training data are an imported set of nothing but still images."""
    if data.source in BENCHMARKS:
        return False
    paths = read_table(dataset_folder(data.source, data, False), "train")["path"]
    return all(str(path).lower().endswith(IMAGE_SUFFIXES) for path in paths)


def load_clips(
    data: DataSettings, split: str, source: str | None = None, progress: bool = True, views: Views = ONE
) -> ClipSet:
    """The clips of `split` of `source` (by default `data.source`): a benchmark, made on first use, or an imported set.

    Decoded on first use, mapped from the cache afterwards. Of an imported set all clips are taken, whatever the counts
    in `data` say. With several `views` of every video they are rows beside each other, told apart by the column `view`.
    Raises where more than `data.max_bad_share` of the files are broken.
    """
    name = source or data.source
    if split not in SPLITS:
        raise UnknownName("split", split, SPLITS)
    if len(views) > 1 and name in BENCHMARKS:
        raise WorkbenchError(
            f"'{name}' is rendered just as long and as large as it is read, so {views} views of a clip would be one. "
            "Views are of imported videos."
        )
    folder = dataset_folder(name, data, progress)
    info = read_info(folder)
    table = read_table(folder, split)
    # A benchmark's files hold exactly the frames of a clip, so no other sampling applies to them.
    stride = 1 if info["kind"] == "benchmark" else data.stride
    rule = "stride" if info["kind"] == "benchmark" else data.sampling
    decoding = Decoding(data.frames, data.size, stride, rule=rule, fps=data.fps, views=views)
    absolute = [str(folder / path) for path in table["path"]]
    decoded = decode_clips(absolute, decoding, f"decode {name} {split}", progress)
    problems = decoded.problems.assign(line=decoded.problems["position"] + 1)  # of the CSV, which has no header
    problems = problems[["path", "line", "reason", "detail"]]
    _check_share(problems, len(table), data.max_bad_share, folder / f"{split}.csv")
    table = table.iloc[np.repeat(decoded.kept, len(views))].reset_index(drop=True)
    if len(views) > 1:
        table["view"] = np.tile(np.arange(len(views)), len(decoded.kept))
    return ClipSet(
        name=name,
        split=split,
        clips=decoded.clips,
        table=table,
        factors=info["factors"],
        class_names=info["class_names"],
        key=content_key(decoded.key, table[list(info["factors"])].to_numpy(np.int64).tobytes()),
        problems=problems,
        sampling=decoded.sampling,
    )


def dataset_folder(name: str, data: DataSettings, progress: bool = True) -> Path:
    """Folder of a benchmark (made if it is not there) or of an imported set; an unknown name lists the known ones."""
    check_source(name)
    return make_benchmark(name, data, progress) if name in BENCHMARKS else data_root() / name


def check_source(name: str) -> None:
    """Raise, with the known names, where `name` is neither a benchmark nor an imported set."""
    if name not in BENCHMARKS and name not in (known := imported_names()):
        raise UnknownName("data set", name, [*BENCHMARKS, *known])


def imported_names() -> list[str]:
    """Names of the imported data sets under `data/`."""
    found = [path.parent for path in sorted(data_root().glob("*/dataset.json")) if not path.parent.name.startswith(".")]
    return [folder.name for folder in found if _is_import(folder)]


def _is_import(folder: Path) -> bool:
    """Whether it is an imported set; one whose `dataset.json` cannot be read counts, so that opening it says so."""
    try:
        return read_object(folder / "dataset.json", AGAIN).get("kind") == "import"
    except WorkbenchError:
        return True


def read_info(folder: Path) -> dict[str, Any]:
    """The `dataset.json` of a data set; one of another format raises."""
    info = read_object(folder / "dataset.json", AGAIN)
    if info.get("format") != FORMAT:
        raise WorkbenchError(f"{folder} has format {info.get('format')}, this version reads {FORMAT}. {AGAIN}")
    return info


def read_table(folder: Path, split: str) -> pd.DataFrame:
    """Factor table of a split; paths as they stand in its CSV."""
    path = folder / f"{split}.parquet"
    if not path.exists():
        raise WorkbenchError(f"{folder} has no '{split}' split. Import the videos again with a share for it.")
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise WorkbenchError(f"{path} cannot be read ({error}). {AGAIN}") from None


def _check_share(problems: pd.DataFrame, total: int, limit: float, listing: Path) -> None:
    if len(problems) < total and len(problems) <= limit * total:
        return
    rows = [f"line {row.line}: {row.path}: {row.reason}" for row in problems.itertuples()]
    raise WorkbenchError(
        f"{listing}: {counted(rows, 'broken file')} of {total}: a share of {len(problems) / total:.1%}, "
        f"above data.max_bad_share={limit:g}. Repair or remove them (`workbench data check {listing.parent}` "
        "lists all), or raise data.max_bad_share to go on without them."
    )
