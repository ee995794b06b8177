"""`docs/claims.md`: the form of a claims file, from its models, and how verdicts are made. `python -m workbench.ledger.document` prints it."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic_core import PydanticUndefined

from workbench.config import Section
from workbench.ledger.follow import FOLLOWS
from workbench.ledger.model import OPERATORS, Claim, ClaimsFile, Evidence, Other, Select, StandsFor
from workbench.ledger.reading import AUDITS
from workbench.ledger.verdict import RULES

COMMAND = "python -m workbench.ledger.document > docs/claims.md"
HEAD = """# Claims

Written by `{command}` from the models that read a claims file; do not edit by hand.

`workbench claims` judges the 12 claims of the study. For each it says what the published numbers decide, what our rows decide, and what
follows; which tests decide a claim is data in `reports/claims.yaml`, and every verdict, number and sentence is computed from rows. The study's own
words are in `reports/published/claims.yaml`; ids, texts and variants of the two have to be equal.

```
workbench claims                          # the 12 claims in short
workbench claims --claim 7                # one of them test by test, with the audits that bear on it
workbench claims --json                   # all numbers, each with the rows behind it: file, run, cell
workbench claims --source measured        # from reports/measured/ alone, without the runs
workbench claims --file mine.yaml         # claims of your own
```

From Python `wb.claims(file, ids, source)` gives a list of verdicts (`one.plain()` is what `--json` prints) and `wb.claims_table(verdicts)` a table for
a report page.

## How a verdict is made

{rules}

Published numbers: *holds*, *does not hold*, *cannot be decided*. Our rows: *supported*, *contradicted*, *undecided*, *not run* (with the command that
runs it). A test has one of the outcomes *yes*, *no*, *open*. Where a variant has a reading as published, the tests of differences are repeated
on it and shown beside the verdict, without effect on it.

## A claims file of your own

`mine.yaml`:

```yaml
{example}```

```
workbench claims --file mine.yaml --source measured
```

or

```python
import workbench as wb

verdicts = wb.claims("mine.yaml", source="measured")
for one in verdicts:
    print(one.id, one.published.verdict, one.controlled.verdict, one.follows)
page = wb.claims_table(verdicts).markdown()
```

`order` asks both sides; `near` is about our rows alone and reads the change of a few points as no change; `noise` is about published rows alone. A
mistake is named with file, line and key: `mine.yaml, line 4, families.with_ld: Unknown variant 'ldd'. Did you mean 'ld'?`

## Keys
"""
EXAMPLE = """preset: standard
probes: {temporal16: knn}
families:
  with_ld: [ld, fwm_ld]

claims:
- id: order
  claim: Latent dynamics orders time.
  about: with_ld
  rule: Published, the difference of ld is more than 3 points. Ours, every variant with ld is above the baseline by kNN.
  published:
  - {operator: difference, regime: mixed, variants: ld, control_seed: 42, benchmarks: ssv2, above: 3}
  controlled:
  - {operator: difference, regime: mixed, variants: with_ld, benchmarks: temporal16, above: 0}
  - {operator: rank, regime: mixed, variants: ld, among: [ld, fwm, hw], benchmarks: temporal16}

- id: near
  claim: Hard regions alone change the reading of time by less than 5 points.
  about: hw
  controlled:
  - {operator: difference, regime: mixed, variants: hw, benchmarks: temporal16, between: [-5, 5]}

- id: noise
  claim: Every method loses on Diving-48.
  published:
  - {operator: interval, regime: mixed, variants: all, benchmarks: diving48, below: 0}
"""


def claims_document() -> str:
    """The whole page as Markdown."""
    rules = "\n".join(f"- {rule}" for rule in RULES)
    return HEAD.format(command=COMMAND, rules=rules, example=EXAMPLE) + "".join(_parts())


def _parts() -> Iterator[str]:
    yield _model("The file", "", ClaimsFile, set())
    yield _model("`stands_for`", "", StandsFor, set())
    audits = ", ".join(f"`{name}`" for name in AUDITS)
    yield _model("A claim", f"Audits: {audits}.", Claim, set())
    yield _model("A piece of `evidence`", Evidence.__doc__ or "", Evidence, set())
    operators = ", ".join(f"`{name}`" for name in OPERATORS)
    yield _model(
        "Every test",
        f"`operator` is one of {operators}; which rows it is over is said by these keys. Accuracies and their differences are in percentage points.",
        Select,
        set(),
    )
    for name, model in OPERATORS.items():
        yield _model(f"`{name}`", model.__doc__ or "", model, {*Select.model_fields, "operator"})
    yield _model("A computed bound of `interval`", Other.__doc__ or "", Other, set())
    yield "\n## What follows\n\n| published numbers | our rows | what follows |\n|---|---|---|\n"
    yield "".join(f"| {published} | {ours} | {text} |\n" for (published, ours), text in FOLLOWS.items())
    yield "\nAfter it stand what audits take away: published runs whose objective is not the one that is described, and cells of ours that fail.\n"


def _model(title: str, text: str, model: type[Section], without: set[str]) -> str:
    lines = [f"\n### {title}\n"]
    if text:
        lines.append(f"{' '.join(text.split())}\n")
    lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if name not in without:
            usual = field.default
            shown = "required" if usual is PydanticUndefined else "" if usual is None else _shown(usual)
            lines.append(
                f"| `{name}` | {_words(field.annotation)} | {shown} | {field.description or ''} |".replace("\n", " ")
            )
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    if isinstance(value, Section) or value in ([], {}, ""):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _words(annotation: Any) -> str:
    plain = {str: "text", int: "whole number", float: "number", bool: "true or false", Other: "a computed bound"}
    if annotation in plain:
        return plain[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin is list:
        tests = any(isinstance(one, type) and one in OPERATORS.values() for one in _leaves(arguments[0]))
        return "a list of tests" if tests else f"a list of {_words(arguments[0])}"
    if origin is dict:
        return f"{_words(arguments[0])} to {_words(arguments[1])}"
    if origin in (Union, types.UnionType):
        return " or ".join(_words(one) for one in arguments if one is not type(None))
    return {"Claim": "claim", "Evidence": "piece of evidence"}.get(annotation.__name__, "section")


def _leaves(annotation: Any) -> Iterator[Any]:
    inner = get_args(annotation)
    yield annotation
    for one in inner:
        yield from _leaves(one)


if __name__ == "__main__":
    print(claims_document(), end="")
