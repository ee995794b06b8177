"""Result rows on disk, with the answers behind them: in the folder of a run, or in the cache for an encoder without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from filelock import FileLock

from workbench.disk import writing
from workbench.errors import WorkbenchError
from workbench.files import whole_file

CELL = ["benchmark", "probe", "factor", "encoder"]


class Shelf:
    """`folder` with rows.parquet and predictions.parquet; both may be absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self) -> pd.DataFrame:
        """Result rows, one number each; empty before probing."""
        return read_parquet(self.folder / "rows.parquet")

    def predictions(self) -> pd.DataFrame:
        """Answers of the probes on test clips: benchmark, probe, factor, encoder, clip, truth, predicted."""
        return read_parquet(self.folder / "predictions.parquet")

    def add_results(self, rows: pd.DataFrame, predictions: pd.DataFrame) -> None:
        """Add results; those of the same benchmark, probe, factor and encoder are replaced, with their answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = pd.MultiIndex.from_frame(rows[CELL].drop_duplicates())
        # Predictions first: a row without its predictions would count as done and never be repaired.
        for name, old, new in (("predictions", self.predictions(), predictions), ("rows", self.rows(), rows)):
            if len(old):
                old = old[~pd.MultiIndex.from_frame(old[CELL]).isin(done)]
            parts = [part for part in (old, new) if len(part)]
            if parts:
                with whole_file(self.folder / f"{name}.parquet") as path:
                    pd.concat(parts, ignore_index=True).to_parquet(path, index=False)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for any other process that adds results here."""
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock").acquire()
        with lock:
            yield


def read_parquet(path: Path) -> pd.DataFrame:
    """A table, or an empty one where there is none yet; one that cannot be read raises."""
    if not path.is_file():
        return pd.DataFrame()
    try:
        return pd.read_parquet(path)
    except Exception as error:
        raise WorkbenchError(
            f"{path} cannot be read ({error}). Delete it and repeat the command that wrote it."
        ) from None
