"""The captions of a data set: of a benchmark, of MSR-VTT, of one's own captioned videos."""

from __future__ import annotations

import pandas as pd

from workbench.config import DataSettings
from workbench.data.clips import SPLITS, dataset_folder
from workbench.data.making import CAPTIONS
from workbench.errors import UnknownName, WorkbenchError


def load_captions(data: DataSettings, split: str, source: str | None = None, progress: bool = True) -> pd.DataFrame:
    """One row a caption of `split` of `source` (by default `data.source`), as `load_clips` names them.

    Columns `clip` (that of the clip in `ClipSet.table`), `split`, `caption`, `sen_id` (unique in the set), then those
    that only a benchmark's captions have. A clip may have several captions; captions of clips that `load_clips` leaves
    out as broken are still here, so join on `clip`. Raises where the set has none.
    """
    name = source or data.source
    if split not in SPLITS:
        raise UnknownName("split", split, SPLITS)
    file = dataset_folder(name, data, progress) / CAPTIONS
    if not file.exists():
        raise WorkbenchError(
            f"'{name}' has no captions. They come with the layouts msrvtt, ssv2 and captioned (docs/data.md), and with benchmarks."
        )
    captions = pd.read_parquet(file, filters=[("split", "==", split)])
    if not len(captions):
        raise WorkbenchError(f"'{name}' has no captions in '{split}'. Import the videos again with a share for it.")
    first = ["clip", "split", "caption", "sen_id"]
    return captions[[*first, *(column for column in captions if column not in first)]]
