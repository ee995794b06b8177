"""The ledger as a table, as records and as a page; and what follows."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import pytest

from tests.ledger.helpers import claim, study, write
from tests.made_up import make_run
from workbench.ledger import Verdict, claims, claims_table
from workbench.ledger.document import COMMAND, EXAMPLE, claims_document
from workbench.ledger.follow import FOLLOWS
from workbench.ledger.results import NOT_ASKED
from workbench.ledger.table import claims_records, summary_lines
from workbench.ledger.verdict import OURS, PUBLISHED

DOCS = Path(__file__).resolve().parents[2] / "docs"
TWO = claim("operator: difference, variants: [ld, fwm], benchmarks: motion48, above: 0")
TWO += claim(published=("operator: difference, regime: mixed, variants: ld, benchmarks: ssv2, above: 0",)).replace(
    "one", "two"
)


def verdicts(folder: Path) -> list[Verdict]:
    study({"baseline": 0.3, "ld": 0.6})
    return claims(write(folder, TWO))


def test_a_table_has_one_line_a_claim_and_a_frame_with_one_a_cell(tmp_path: Path) -> None:
    found = verdicts(tmp_path)
    table = claims_table(found)
    assert table.name == "claims" and len(table.rows) == 2 and len(table.columns) == 4
    assert table.frame["cell_variant"].tolist() == ["ld", "fwm", "ld", "ld"]  # the study has two baselines
    assert table.frame["side"].tolist() == ["ours", "ours", "published", "published"]
    assert "ld-smoke-s0; baseline-smoke-s0; ld-smoke-s1" in table.frame["cell_runs"][0]
    assert "supported" not in table.markdown().split("published numbers")[0]
    assert "Not run: `workbench sweep --variants fwm" in table.markdown() and "<figure" in table.html()
    assert len(table.csv().splitlines()) == 5 == len(claims_records(found)) + 1


def test_records_are_json_and_lead_to_the_rows(tmp_path: Path) -> None:
    plain = json.loads(json.dumps([one.plain() for one in verdicts(tmp_path)]))
    cell = plain[0]["controlled"]["tests"][0]["cells"][0]
    assert {"run", "benchmark", "split", "probe", "factor", "metric", "encoder", "source", "value"} <= set(
        cell["rows"][0]
    )
    assert cell["n"] == 1000 and cell["decided_at"]["confidence"] == 0.95
    row = plain[1]["published"]["tests"][0]["cells"][0]["rows"][0]
    assert row["run"] == "train_mixed_4gpu_ld" and row["source"].endswith("results.csv") and row["value"] == 0.1341


def test_lines_say_verdict_seeds_and_clips(tmp_path: Path) -> None:
    first, second = summary_lines(verdicts(tmp_path))
    assert first["our rows"].startswith("UNDECIDED (seeds 0, 1 and 2, 1000 clips). Open: ")
    assert second["published numbers"] == (
        "HOLDS. The test holds: ld on ssv2 +6.79 to seed 239, +5.02 to seed 42 (asked: above 0)."
    )


def test_every_pair_of_verdicts_has_its_sentence() -> None:
    pairs = set(product([*PUBLISHED.values(), NOT_ASKED], [*OURS.values(), NOT_ASKED])) - {(NOT_ASKED, NOT_ASKED)}
    assert set(FOLLOWS) == pairs and len(set(FOLLOWS.values())) == len(FOLLOWS)


def test_the_page_is_that_of_the_models() -> None:
    page = (DOCS / "claims.md").read_text(encoding="utf-8")
    assert page == claims_document(), f"docs/claims.md is stale: {COMMAND}"


def test_the_worked_example_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (DOCS / "claims.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"```(yaml|python)\n(.*?)```", page, flags=re.S))
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(blocks["yaml"], encoding="utf-8")
    skills = {"baseline": 0.3, "ld": 0.8, "fwm_ld": 0.6, "fwm": 0.2, "hw": 0.3}
    for (name, skill), seed in product(skills.items(), (0, 1, 2)):
        settings = {"benchmarks": ("temporal16",), "probes": ("knn",), "changes": {"data": {"source": "mixed"}}}
        make_run(name, seed, preset="standard", skill=skill, clips=300, history=False, **settings)  # type: ignore[arg-type]
    from workbench.rows import keep_measured, load_rows

    keep_measured("mine", load_rows(source="runs"))
    names: dict[str, object] = {}
    exec(blocks["python"], names)
    found = {one.id: (one.published.verdict, one.controlled.verdict) for one in names["verdicts"]}  # type: ignore[attr-defined]
    assert found["order"] == ("holds", "supported") and found["noise"] == ("cannot be decided", "not asked")
    assert found["near"][0] == "not asked" and str(names["page"]).startswith("## Claims")


def test_the_mistake_that_the_page_shows_is_said_as_it_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(EXAMPLE.replace("with_ld: [ld,", "with_ld: [ldd,"), encoding="utf-8")
    with pytest.raises(Exception, match="Unknown variant 'ldd'") as error:
        claims("mine.yaml")
    shown = re.search(r"`(mine\.yaml, line .*?)`", claims_document())
    assert shown and str(error.value).startswith(shown[1])
