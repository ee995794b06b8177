"""Training curves and audits of several models, as far as they are of runs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.audit import audit_rows, audit_run
from workbench.comparing.model import Model

POINTS = 200  # of a curve at most
ASIDE = ("step", "lr", "momentum", "waited")


def curves(models: Sequence[Model], points: int = POINTS) -> pd.DataFrame:
    """Every term and other number of the histories: term, model, step, value, steps.

    Steps are grouped so that a curve has no more than `points`; `value` is the mean of a group, `step` its last step and `steps` how
    many steps it has. Losses raw and weighted, gradient norm, and the measures of quality; models without a history have no rows.
    """
    parts = []
    for model in models:
        history = model.run.history() if model.run else pd.DataFrame()
        if history.empty:
            continue
        terms = [name for name in map(str, history) if name not in ASIDE]
        for term in terms:
            known = history.loc[history[term].notna(), ["step", term]]
            if known.empty:
                continue
            size = -(-len(known) // points)
            group = pd.Series(range(len(known)), index=known.index) // size
            binned = known.groupby(group).agg(step=("step", "last"), value=(term, "mean"), steps=("step", "size"))
            parts.append(binned.assign(term=term, model=model.name))
    columns = ["term", "model", "step", "value", "steps"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def audits(models: Sequence[Model]) -> pd.DataFrame:
    """Findings of the audits of every model that is of a run: model, audit, of, status, found."""
    rows = [{"model": model.name, **row} for model in models if model.run for row in audit_rows(audit_run(model.run))]
    return pd.DataFrame(rows, columns=["model", "audit", "of", "status", "found"])
