"""What the probes of a run predict for each clip, from the answers that were kept beside its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.encoders.of_run import RunEncoder
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder

RIGHT, WRONG = "right", "wrong"


def predictions_of(encoder: FrozenEncoder, clips: ClipSet) -> pd.DataFrame:
    """As `stored_predictions`, without the factors; where no probe's answers are kept it raises and names the command that asks."""
    found, factors = stored_predictions(encoder, clips)
    if factors:
        return found
    if not isinstance(encoder, RunEncoder):
        raise WorkbenchError(
            f"No answers of probes are kept for {encoder.name}: it is not a run with its last weights."
        )
    if clips.split != "test":
        raise WorkbenchError(f"Probes answer for test clips; these are the {clips.split} clips of {clips.name}.")
    raise WorkbenchError(
        f"No probe of {encoder.name} has answered for these clips of {clips.name}. "
        f"Ask them: `workbench probe {encoder.name} --benchmark {clips.name}`."
    )


def stored_predictions(encoder: FrozenEncoder, clips: ClipSet) -> tuple[pd.DataFrame, dict[str, str]]:
    """One row a clip: a column "FACTOR by PROBE" with the class that each probe predicts, and "FACTOR by PROBE, right?".

    Beside it, which factor each of the former columns is about. Of probes that answered for all of `clips`, on these very
    clips; no columns where none did: `workbench probe RUN` asks them. Answers of kept tables count too.
    """
    answers = _answers(encoder, clips)
    found, factors = pd.DataFrame(index=range(len(clips))), {}
    for (factor, probe), part in answers.groupby(["factor", "probe"], sort=True):
        by_clip = part.drop_duplicates("clip").set_index("clip").reindex(clips.table["clip"])
        if by_clip["predicted"].isna().any() or factor not in clips.table:
            continue
        name = f"{factor} by {probe}"
        predicted = by_clip["predicted"].to_numpy("int64")
        found[name], factors[name] = predicted, str(factor)
        right = predicted == clips.table[factor].to_numpy()
        found[f"{name}, right?"] = [RIGHT if one else WRONG for one in right]
    return found, factors


def _answers(encoder: FrozenEncoder, clips: ClipSet) -> pd.DataFrame:
    """Answers of classifying probes on `clips`: factor, probe, clip, predicted."""
    nothing = pd.DataFrame(columns=["factor", "probe", "clip", "predicted"])
    if not isinstance(encoder, RunEncoder) or clips.split != "test":
        return nothing
    rows, answers = encoder.run.rows(), encoder.run.predictions()
    if rows.empty:
        rows, answers = _measured(encoder.run.name)
    if rows.empty or answers.empty:
        return nothing
    same = rows["benchmark"].eq(clips.name) & rows["encoder"].eq(encoder.which) & rows["data_key"].eq(clips.key)
    cells = rows.loc[
        same & rows["metric"].eq("accuracy"), ["benchmark", "probe", "factor", "encoder"]
    ].drop_duplicates()
    return answers.merge(cells, on=["benchmark", "probe", "factor", "encoder"])


def _measured(run: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows and answers of a run in the tables that are kept."""
    from workbench.rows import load_predictions, load_rows

    rows = load_rows(source="measured")
    rows = rows[rows["run"] == run]
    return rows, load_predictions(rows) if len(rows) else pd.DataFrame()
