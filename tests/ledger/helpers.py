"""Claims files and studies for the tests of the ledger. No model is trained."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.made_up import Skill, make_run
from workbench import published
from workbench.ledger import Verdict, claims
from workbench.paths import published_root

HEAD = "preset: smoke\nprobes: {motion48: linear, temporal16: linear, appearance100: linear}\nclaims:\n"


def write(folder: Path, text: str, head: str = HEAD) -> Path:
    """A claims file."""
    path = folder / "mine.yaml"
    path.write_text(head + text, encoding="utf-8")
    return path


def claim(*controlled: str, published: tuple[str, ...] = (), **keys: str) -> str:
    """One claim with these tests, as YAML in a line each."""
    lines = ["- id: one", "  claim: something"] + [f"  {key}: {value}" for key, value in keys.items()]
    for name, tests in (("published", published), ("controlled", controlled)):
        if tests:
            lines += [f"  {name}:", *(f"  - {{{test}}}" for test in tests)]
    return "\n".join(lines) + "\n"


def judged(folder: Path, text: str, **options: Any) -> Verdict:
    """The verdict on the first claim of a file."""
    return claims(write(folder, text), **options)[0]


def judged_all(folder: Path, tests: Mapping[str, str], **options: Any) -> dict[str, Verdict]:
    """Verdicts on one claim for each test, by its name: rows are read once."""
    text = "".join(claim(test).replace("id: one", f"id: {name}") for name, test in tests.items())
    return {str(one.id): one for one in claims(write(folder, text), **options)}


def study(
    skills: Mapping[str, Skill], seeds: tuple[int, ...] = (0, 1, 2), regime: str = "single", **settings: Any
) -> None:
    """Made-up runs of the regime, probed by one probe; the same variant and seed give the same answers."""
    changes = {} if regime == "single" else {"data": {"source": regime}}
    for variant, skill in skills.items():
        for seed in seeds:
            make_run(variant, seed, skill=skill, probes=("linear",), changes=changes, **{"clips": 1000, **settings})


def change_published(monkeypatch: pytest.MonkeyPatch, folder: Path, old: str, new: str) -> None:
    """The study's results with one number changed."""
    copy = folder / "published"
    shutil.copytree(published_root(), copy)
    text = (copy / "results.csv").read_text()
    assert text.count(old) == 1
    (copy / "results.csv").write_text(text.replace(old, new))
    monkeypatch.setattr(published, "published_root", lambda: copy)
