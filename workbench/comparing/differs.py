"""What two models differ in, in one sentence: what the comparison claims, and what makes it unfair."""

from __future__ import annotations

import pandas as pd

from workbench.audit import NOT_AUDITED, PASSED
from workbench.comparing.model import Model
from workbench.config import flat
from workbench.encoders import FrozenEncoder
from workbench.report.differ import unclaimed
from workbench.report.numbers import listed
from workbench.variants import VARIANTS

ABSENT = "absent"
ROWS = {
    "data_key": "the test clips differ",
    "n": "the number of test clips differs",
    "budget": "the probe's budget differs",
}


def what_differs(a: Model | FrozenEncoder | str, b: Model | FrozenEncoder | str) -> str:
    """One sentence: the difference that a comparison of `a` and `b` claims, and all else in which they differ.

    Claimed are the variant with its settings, the reading, and which encoder of one run; everything else makes the comparison
    unfair: seed, steps, initial weights, clips, probe's budget, settings, software, commit, an audit that failed.
    """
    one, other = Model.of(a), Model.of(b)
    unfair = differences(one, other)
    said = listed(claims(one, other))
    start = (
        f"{one.name} and {other.name} differ in {said}"
        if said != "none"
        else f"{one.name} and {other.name} are the same variant"
    )
    if not unfair:
        return f"{start}, and in nothing else that is recorded."
    return f"{start}; the comparison is not like for like: {'; '.join(unfair)}."


def claims(a: Model, b: Model) -> list[str]:
    """The differences that a comparison of the two is about."""
    found = []
    if a.variant != b.variant:
        found.append(f"the variant, {a.variant} against {b.variant}{_settings_claimed(a, b)}")
    if a.about["reading"] != b.about["reading"]:
        words = [str(model.about["reading"]).replace("_", " ") for model in (a, b)]
        found.append(f"the reading, {words[0]} against {words[1]}")
    if _one_run(a, b):
        found.append(f"the encoder of the run, {a.which} against {b.which}")
    return found


def differences(a: Model, b: Model) -> list[str]:
    """What else the two differ in, a clause each."""
    unknown = [model.name for model in (a, b) if model.variant not in VARIANTS]
    if unknown:
        found = [
            f"how {listed(unknown)} {'was' if len(unknown) == 1 else 'were'} trained, and on what, is not known here"
        ]
    else:
        configs = {model.facts.run: model.settings for model in (a, b) if model.settings}
        found = unclaimed(a.facts, b.facts, configs)
    found += _rows(a, b)
    if _one_run(a, b):
        found = [said for said in found if not said.startswith("the encoder probed")]
    return [*found, *filter(None, map(_audit, (a, b)))]


def settings_table(models: list[Model]) -> pd.DataFrame:
    """Settings in which any of the models differ: setting, one column a model, and `claimed`, whether their variants may differ in it.

    "absent" where a model has no such setting; models whose settings are not known are left out.
    """
    known = [model for model in models if model.settings]
    flats = [_flat(model) for model in known]
    keys = [key for key in dict.fromkeys(key for one in flats for key in one)]
    changed = [key for key in keys if len({one.get(key, ABSENT) for one in flats}) > 1]
    claimed = _claimed(known)
    rows = [[key, *(one.get(key, ABSENT) for one in flats), key in claimed] for key in changed]
    return pd.DataFrame(rows, columns=["setting", *(model.name for model in known), "claimed"])


def _claimed(models: list[Model]) -> set[str]:
    entries = [VARIANTS[model.variant] for model in models if model.variant in VARIANTS]
    found = {"variant", "reading"}.union(*(entry.claims for entry in entries))
    return found if all(entry.trained for entry in entries) else found | {"optim.steps"}


def _flat(model: Model) -> dict[str, str]:
    return {key: value for key, value in flat(model.settings or {}).items() if not key.startswith("runtime.")}


def _settings_claimed(a: Model, b: Model) -> str:
    """In brackets, what the variants' settings change; where one was never trained, that."""
    never = [model.name for model in (a, b) if model.variant in VARIANTS and not VARIANTS[model.variant].trained]
    if never:
        return f" ({listed(never)} was never trained)"
    if not (a.settings and b.settings):
        return ""
    one, other = _flat(a), _flat(b)
    keys = sorted(key for key in _claimed([a, b]) - {"variant", "reading"} if one.get(key) != other.get(key))
    words = [f"{key} {one.get(key, ABSENT)} against {other.get(key, ABSENT)}" for key in keys if key != "masks"]
    words += ["the masks"] if "masks" in keys else []
    return f" ({', '.join(words)})" if words else ""


def _rows(a: Model, b: Model) -> list[str]:
    """What differs behind the result rows that both have: clips and budgets, with the first cell of each kind."""
    cell = ["benchmark", "probe", "factor", "metric"]
    both = a.rows[[*cell, *ROWS]].merge(b.rows[[*cell, *ROWS]], on=cell, suffixes=("", "_other"))
    found = []
    for column, words in ROWS.items():
        wrong = both[both[column] != both[f"{column}_other"]]
        if len(wrong):
            first = wrong.iloc[0]
            found.append(
                f"{words}: {first[column]} against {first[f'{column}_other']} ({first['probe']} on {first['benchmark']}, "
                f"{len(wrong)} of {len(both)} cells)"
            )
    return found


def _one_run(a: Model, b: Model) -> bool:
    return a.run is not None and b.run is not None and a.run.name == b.run.name


def _audit(model: Model) -> str:
    mark = str(model.about["audit"])
    if mark == PASSED or model.encoder.is_random:
        return ""
    if mark == NOT_AUDITED:
        return f"{model.name} is not audited"
    return f"the audit of {model.name} {mark}"
