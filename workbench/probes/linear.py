"""Linear probes: multinomial logistic regression on standardised means of the tokens."""

from __future__ import annotations

import numpy as np

from workbench.probes.base import PROBES, ProbeOutcome, ProbeTask

PENALTIES = (0.003, 0.03, 0.3, 3.0)  # inverse L2 strength C
ITERATIONS = 200


@PROBES.register("linear")
def linear(task: ProbeTask) -> ProbeOutcome:
    """On the mean over all tokens (D features)."""
    return _fit(task, *task.means())


@PROBES.register("linear_time")
def linear_time(task: ProbeTask) -> ProbeOutcome:
    """On the mean over the frame at each time step (t·D features)."""
    return _fit(task, *task.means(per_time=True))


def _fit(task: ProbeTask, train: np.ndarray, val: np.ndarray, test: np.ndarray) -> ProbeOutcome:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    best: tuple[float, float, LogisticRegression] | None = None
    for penalty in PENALTIES:
        with warnings.catch_warnings():
            # The iteration limit is part of the stated budget, the same for every encoder.
            warnings.simplefilter("ignore", ConvergenceWarning)
            # Few clips a class is what the smoke preset has, and is no sign of a regression problem.
            warnings.filterwarnings("ignore", message="The number of unique classes")
            model = LogisticRegression(C=penalty, max_iter=ITERATIONS, tol=1e-3).fit(train, task.train.labels)
        accuracy = float((model.predict(val) == task.val.labels).mean())
        if best is None or accuracy > best[0]:
            best = (accuracy, penalty, model)
    assert best is not None
    scores = np.zeros((len(test), task.classes))
    scores[:, best[2].classes_] = best[2].predict_proba(test)
    return ProbeOutcome(
        predicted=best[2].predict(test),
        scores=scores,
        val_accuracy=best[0],
        choice=f"C={best[1]}",
        budget=f"{len(train)} labelled clips, {len(PENALTIES)} penalties, {ITERATIONS} L-BFGS iterations",
    )
