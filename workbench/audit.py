"""Audits: what every run carries beside its numbers, so that an untrained encoder or a term without gradient cannot hide.

Five of them (DIAGNOSTICS, "Audits"), and signs of collapse. The first two can fail, and a failing one marks every cell of the run in every table;
the others say what a number rests on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from workbench.config import flat
from workbench.errors import WorkbenchError
from workbench.presets import run_name, same_conditions
from workbench.rows import load_rows
from workbench.runs import Run
from workbench.variants import VARIANTS

Status = Literal["passed", "failed", "noted"]
PASSED, NOT_AUDITED = "passed", "not audited"
NEARLY_ALL = 0.95  # share of tokens in effect above which a weighting is close to none
PREDICTION = "predict"  # the term that the others are held against
OUTWEIGHS = 10  # times the gradient of the prediction, at every step that is looked at: the encoder follows the term


@dataclass(frozen=True)
class Finding:
    """One line of an audit: which audit, of what, its status, and the numbers in words."""

    audit: str
    of: str
    status: Status
    found: str


def audit_run(run: Run) -> list[Finding]:
    """All findings on a finished run; of its rows and its control as far as they are there. See `workbench audit`."""
    return [*gradient(run), *movement(run), *weights_in_effect(run), *collapse(run), *control(run), *spread(run)]


def audit_mark(run: Run, encoder: str) -> str:
    """What a result row of the run's `encoder` carries: "passed", "failed: …", or "not audited" for a run without records."""
    if VARIANTS[run.config.variant].trained and run.gradients().empty:
        return NOT_AUDITED
    failed = [finding for finding in (*gradient(run), *movement(run, encoder)) if finding.status == "failed"]
    return "failed: " + "; ".join(f"{one.audit} of {one.of}" for one in failed) if failed else PASSED


def gradient(run: Run) -> Iterator[Finding]:
    """Does each weighted term move the encoder and the head it owns? Looked at on the first, the middle and the last step.

    A place that a term never reached while its coefficient was above zero fails. The base terms own the predictor. Added
    terms are held against the prediction: how many times its gradient at the encoder theirs is, coefficients included.
    """
    table = run.gradients()
    weighted = table[table["coefficient"] > 0] if len(table) else table
    for term in dict.fromkeys(table["term"]) if len(table) else ():
        own = weighted[(weighted["term"] == term) & (weighted["place"] != "predictor")]
        if own.empty:
            yield Finding("gradient", term, "noted", "no weight at the steps that are looked at")
            continue
        norms = {place: list(part["norm"]) for place, part in own.groupby("place", sort=False)}
        unreached = [str(place) for place, values in norms.items() if max(values) == 0]
        words = "; ".join(f"{place} {', '.join(f'{value:.2g}' for value in values)}" for place, values in norms.items())
        at = ", ".join(str(step) for step in dict.fromkeys(own["step"]))
        status: Status = "failed" if unreached else "noted" if any(0 in v for v in norms.values()) else "passed"
        said = f" — no gradient at {' and '.join(unreached)}: the term trains nothing there" if unreached else ""
        compared = term != PREDICTION and not unreached
        times = _times_prediction(table[table["step"].isin(own["step"])], term) if compared else []
        if times:
            words += f"; at the encoder {', '.join(f'{value:.2g}' for value in times)} times the prediction's, weighted"
        if times and min(times) > OUTWEIGHS:
            status, said = "noted", " — the encoder follows this term more than the prediction"
        yield Finding("gradient", term, status, f"norms at steps {at}: {words}{said}")


def _times_prediction(table: pd.DataFrame, term: str) -> list[float]:
    """Weighted gradient norm of `term` at the encoder over that of the prediction, a step each; none where that is zero."""
    encoder = table[table["place"] == "encoder"]
    weighted = encoder.assign(norm=encoder["coefficient"] * encoder["norm"]).pivot_table("norm", "step", "term")
    if PREDICTION not in weighted or not (weighted[PREDICTION] > 0).all():
        return []
    return list(weighted[term] / weighted[PREDICTION])


def movement(run: Run, encoder: str | None = None) -> Iterator[Finding]:
    """Has the probed encoder been trained? Its relative distance from where it started."""
    probed = encoder or run.config.probe.encoder
    trained = VARIANTS[run.config.variant].trained
    for which, moved in run.info.get("movement", {}).items():
        if encoder is not None and which != encoder:
            continue
        if not trained:
            yield Finding("movement", which, "passed", "0, as it must be: the random encoder")
        elif moved == 0 and which == probed:
            yield Finding("movement", which, "failed", "0: the encoder that is probed is the random initialisation")
        elif moved == 0:
            yield Finding("movement", which, "noted", "0: never trained; it is not the encoder that is probed")
        else:
            yield Finding("movement", which, "passed", f"{moved:.3g} of its initial norm")


def weights_in_effect(run: Run) -> Iterator[Finding]:
    """Effective share of tokens under hard-region weighting, exp(entropy of the weights)/n, at the start, middle and end."""
    history = run.history()
    for term in run.config.objective.hard:
        name = f"effective/{term}"
        if name not in history:
            continue
        values = history[name].iloc[[0, len(history) // 2, -1]]
        words = ", ".join(f"{100 * value:.1f} %" for value in values)
        nearly = values.min() > NEARLY_ALL
        said = " — close to equal weights: the term nearly repeats the unweighted one" if nearly else ""
        yield Finding("weights in effect", term, "noted" if nearly else "passed", f"{words} of the tokens{said}")


def collapse(run: Run) -> Iterator[Finding]:
    """Signs of collapse that held at the run's newest readings; they are noted and fail nothing. Runs of before have none."""
    warnings, history = run.info.get("warnings", []), run.history()
    readings = [name for name in map(str, history) if name.startswith("quality/")]
    for found in warnings:
        said = f"{found['value']:.3g} at the end, since step {found['since']}: {found['said']}. Try {found['advice']}"
        yield Finding("collapse", f"{found['measure']} of {found['encoder']}", "noted", said)
    if readings and not warnings:
        count = int(history[readings].notna().any(axis=1).sum())
        yield Finding(
            "collapse",
            "context" if "quality/teacher/std" not in readings else "context, teacher",
            "passed",
            f"no sign at the last of {count} readings",
        )


def control(run: Run) -> Iterator[Finding]:
    """Is the run that it is compared with there, and equal in all that the comparison does not claim?"""
    variant = VARIANTS[run.config.variant]
    if not variant.trained:
        return
    config = same_conditions(run.config, variant.control)
    name = run_name(config)
    rows = load_rows(run.config.preset)
    mine, other = rows[rows["run"] == run.name], rows[rows["run"] == name]
    if other.empty:
        yield Finding("control", name, "noted", "has no results yet, so nothing is compared with it")
        return
    with suppress(
        WorkbenchError
    ):  # its rows may be kept without its folder: then it had the usual settings of its name
        config = Run.open(name).config
    ours, theirs = (flat(settings.model_dump(mode="json", exclude={"runtime"})) for settings in (run.config, config))
    claimed = {*variant.claims, "variant", "reading"}
    if not VARIANTS[variant.control].trained:
        claimed.add("optim.steps")
    found = [
        f"{key} {ours.get(key, 'absent')} for {theirs.get(key, 'absent')}"
        for key in sorted({*ours, *theirs} - claimed)
        if ours.get(key) != theirs.get(key)
    ]
    for column, words in (("fingerprint", "initial weights"), ("budget", "probe's budget"), ("encoder", "encoder")):
        if len(mine) and set(mine[column]) != set(other[column]):
            found.append(
                f"{words}: {', '.join(sorted(set(mine[column])))} against {', '.join(sorted(set(other[column])))}"
            )
    if found:
        yield Finding("control", name, "noted", "differs in more than the variant: " + "; ".join(found))
    else:
        yield Finding("control", name, "passed", "same seed, clips, masks, steps, initial weights and probe budget")


def spread(run: Run) -> Iterator[Finding]:
    """Seeds and test clips behind the run's cells."""
    rows = load_rows(run.config.preset)
    same = rows[
        (rows["variant"] == run.config.variant)
        & (rows["recipe"] == run.config.recipe)
        & (rows["reading"] == run.config.reading)
        & (rows["regime"] == run.config.data.source)
    ]
    for benchmark, part in same.groupby("benchmark", sort=False):
        seeds = sorted(part["seed"].unique())
        width = 100 * (part["high"] - part["low"]).mean() / 2
        enough = len(seeds) > 1
        words = f"{len(seeds)} seed{'s' * enough} ({', '.join(map(str, seeds))}), {int(part['n'].min())} clips a cell, "
        yield Finding(
            "spread",
            str(benchmark),
            "passed" if enough else "noted",
            f"{words}±{width:.1f} points a run over clips on average{'' if enough else '; one seed says nothing of seeds'}",
        )


def failed(findings: list[Finding]) -> bool:
    """Whether any audit failed."""
    return any(finding.status == "failed" for finding in findings)


def audit_rows(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings as rows of a table: audit, of, status, found."""
    return [asdict(finding) for finding in findings]


def audit_json(run: Run, findings: list[Finding]) -> dict[str, Any]:
    """Findings and the numbers behind them, for programs."""
    return {
        "run": run.name,
        "variant": run.config.variant,
        "reading": run.config.reading,
        "status": "failed" if failed(findings) else "passed",
        "fault": VARIANTS[run.config.variant].fault if run.config.reading == "as_published" else "",
        "findings": audit_rows(findings),
        "gradients": run.gradients().to_dict("records"),
        "movement": run.info.get("movement", {}),
    }
