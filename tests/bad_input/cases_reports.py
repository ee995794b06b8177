"""Reports: names, parameters typed and from a file, options."""

from __future__ import annotations

import re
from typing import Any

from tests.bad_input.breaking import put
from tests.bad_input.case import Case, Prepare, nothing

MAIN = "workbench report main"


def case(what: str, prepare: Prepare, shown: str, said: str, **more: Any) -> Case:
    """A case of this file."""
    return Case("Reports", shown, said, what=what, prepare=prepare, **more)


REPORTS = (
    *(
        case(*row)
        for row in (
            ("", nothing, "workbench report mian", r"Unknown report 'mian'\. Did you mean 'main'\?"),
            (
                "",
                nothing,
                f"{MAIN} -p seeds",
                r"'seeds' is not a parameter\. Write name=value, for example seeds=\[0,1\]",
            ),
            (
                "",
                nothing,
                f"{MAIN} -p 'sedes=[0]'",
                r"Unknown parameter 'sedes' of report 'main'\. Did you mean 'seeds'\?",
            ),
            (
                "",
                nothing,
                f"{MAIN} -p seeds=zero",
                r"seeds: Input should be a valid list \(given: 'zero'\)\. Known parameters",
            ),
            ("", nothing, f"{MAIN} -p 'seeds=[0'", r"The value in 'seeds=\[0' is not YAML: expected.*Write a number"),
            (
                "",
                nothing,
                f"{MAIN} -p 'seeds=[-1]'",
                r"seeds: a seed is 0 or above \(given: \[-1\]\)\. Known parameters",
            ),
            (
                "",
                nothing,
                f"{MAIN} -p 'variants=[]'",
                r"variants: List should have at least 1 item.*\(given: \[\]\)\. Known",
            ),
            ("", nothing, f"{MAIN} -p 'variants=[ldd]'", r"Unknown variant 'ldd'\. Did you mean 'ld'\?"),
            (
                "",
                nothing,
                f"{MAIN} -p 'benchmarks=[motion49]'",
                r"Unknown data set 'motion49'\. Did you mean 'motion48'\?",
            ),
            (
                "",
                nothing,
                f"{MAIN} -p confidence=95",
                r"confidence: Input should be less than 1 \(given: '95'\)\. Known",
            ),
            ("", nothing, f"{MAIN} -p preset=smok", r"Unknown preset 'smok'\. Did you mean 'smoke'\?"),
            (
                "no such file",
                nothing,
                f"{MAIN} --params p.yaml",
                r"parameters in p\.yaml cannot be read: .*No such file",
            ),
            (
                "broken YAML",
                put("p.yaml", "seeds: [0\n"),
                f"{MAIN} --params p.yaml",
                r"p\.yaml, line 2, column 1: this is not YAML",
            ),
            (
                "an unknown key in the file",
                put("p.yaml", "preset: smoke\nsedes: [0]\n"),
                f"{MAIN} --params p.yaml",
                r"p\.yaml, line 2: Unknown parameter 'sedes' of report 'main'\. Did you mean 'seeds'\?",
            ),
            (
                "an ill-typed value in the file",
                put("p.yaml", "preset: smoke\nseeds: zero\n"),
                f"{MAIN} --params p.yaml",
                r"p\.yaml, line 2, 'seeds': .*valid list \(given: 'zero'\)",
            ),
            (
                "",
                nothing,
                f"{MAIN} --verify",
                rf"There is no former report 'main'.*Make it with {re.escape('`workbench report main`')}",
            ),
        )
    ),
    case(
        "",
        nothing,
        f"{MAIN} --workers 0",
        r"'--workers': Input should be greater than or equal to 1",
        status=2,
    ),
)
