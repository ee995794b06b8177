"""Makes a data set out of videos in a published or a plain layout: lists that point at the files, which stay where they are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.benchmarks import BENCHMARKS, FORMAT
from workbench.data.listing import counted, write_split
from workbench.data.making import CAPTIONS
from workbench.data.readers import Found, Options, read_layout, refuse
from workbench.data.splitting import check_shares, draw_splits
from workbench.disk import writing
from workbench.errors import WorkbenchError
from workbench.files import package_versions, read_object, whole_file, whole_folder, write_json
from workbench.paths import data_root

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def import_videos(
    path: str | Path,
    name: str,
    *,
    layout: str = "auto",
    official_split: int | None = None,
    protocol: str | None = None,
    val_share: float = 0.15,
    test_share: float = 0.15,
    seed: int = 0,
    skip_missing: bool = False,
    replace: bool = False,
) -> Path:
    """Make `data/<name>/` from what lies at `path` in one of the layouts of `READERS`; gives its folder.

    Given splits are taken; one that is not is drawn from train, class by class and by whole groups where the layout has
    them; equal arguments draw equal splits. Captions go into `captions.parquet`. Whatever is wrong with the lists is an
    error, and so is a listed file that is not there, unless `skip_missing` leaves it and its captions out.
    """
    path = Path(path).expanduser()
    _check_name(name, replace)
    check_shares(val_share, test_share)
    options = Options(official_split, protocol)
    found = read_layout(path, layout, options)
    refuse(path, found.problems)
    splits, skipped = _present(found, skip_missing)
    shares = {"val": val_share, "test": test_share}
    drawn = {split: share for split, share in shares.items() if split not in splits}
    splits = draw_splits(splits, drawn, seed)
    tables = {split: table.reset_index(drop=True).rename_axis("clip").reset_index() for split, table in splits.items()}
    captions = _captions(found, tables)
    names = found.class_names if len(found.class_names) == found.classes else []
    folder = data_root() / name
    with writing(data_root()), whole_folder(folder) as temporary:
        for split, table in tables.items():
            write_split(temporary, split, table[["clip", "path", "label"]])
        if captions is not None:
            with whole_file(temporary / CAPTIONS) as file:
                captions.to_parquet(file, index=False)
        info: dict[str, Any] = {
            "format": FORMAT,
            "name": name,
            "kind": "import",
            "title": f"videos of {path.absolute()}",
            "layout": found.layout,
            "factors": {"label": found.classes},
            "class_names": {"label": names} if names else {},
            "counts": {split: len(table) for split, table in tables.items()},
            "captions": 0 if captions is None else len(captions),
            "drawn": [split for split in drawn if split in tables],
            "skipped": skipped,
            "notes": found.notes,
            "settings": {"path": str(path.absolute()), "seed": seed, "shares": shares, **options._asdict()},
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": package_versions(),
        }
        write_json(temporary / "dataset.json", info)
    return folder


def _check_name(name: str, replace: bool) -> None:
    if not NAME.fullmatch(name):
        raise WorkbenchError(f"'{name}' cannot name a data set. Use letters, digits, '.', '_' and '-', at most 64.")
    if any(name == known or name.startswith(f"{known}-") for known in BENCHMARKS):
        raise WorkbenchError(f"'{name}' would pass for a benchmark. Choose another name for your videos.")
    folder = data_root() / name
    if folder.exists() and not replace:
        raise WorkbenchError(f"{folder} exists. Choose another name, or ask for it to be replaced (--replace).")
    if folder.exists() and not _is_import(folder):
        raise WorkbenchError(f"{folder} is not an imported data set and is left as it is. Choose another name.")


def _is_import(folder: Path) -> bool:
    try:
        return read_object(folder / "dataset.json", "").get("kind") == "import"
    except WorkbenchError:  # what cannot be read is nobody's to replace
        return False


def _present(found: Found, skip_missing: bool) -> tuple[dict[str, pd.DataFrame], int]:
    """The rows whose files are there, and the number of the others, which are an error unless they may be skipped."""
    there = {split: table["path"].map(os.path.exists) for split, table in found.splits.items()}
    absent = [
        f"{found.sources[split].place(line)}: {path}"
        for split, table in found.splits.items()
        for path, line in table.loc[~there[split], ["path", "line"]].itertuples(index=False)
    ]
    kept = {split: table[there[split]] for split, table in found.splits.items() if there[split].any()}
    total = sum(map(len, there.values()))
    if absent and (not skip_missing or len(kept) < len(there)):  # a split without files is not drawn anew from train
        raise WorkbenchError(
            f"{counted(absent, 'missing file')} of {total}. Relative paths start at the folder of their list. "
            "Mend the list, or ask for missing files to be skipped (--skip-missing)."
        )
    return kept, len(absent)


def _captions(found: Found, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Rows `clip`, `split`, `caption`, `sen_id` for the clips in `tables`; None where the layout has no captions."""
    if found.captions is None:
        return None
    clips = pd.concat([table[["path", "clip"]].assign(split=split) for split, table in tables.items()])
    return found.captions.merge(clips, on="path")[["clip", "split", "caption", "sen_id"]]
