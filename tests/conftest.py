"""Shared fixtures: a home folder of its own for every test, and one small trained run for the tests that need one."""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; nothing a test does touches the project's data, runs or reports."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    """The same random numbers in every test, whatever ran before."""
    torch.manual_seed(0)
    yield


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the finished and probed smoke runs `random-smoke-s0` and `baseline-smoke-s0`. Read only."""
    from workbench.training.pipeline import complete_run

    folder = tmp_path_factory.mktemp("trained")
    old = os.environ.get("WORKBENCH_HOME")
    os.environ["WORKBENCH_HOME"] = str(folder)
    try:
        for variant in ("random", "baseline"):
            complete_run(variant, "smoke", show=False)
    finally:
        if old is None:
            del os.environ["WORKBENCH_HOME"]
        else:
            os.environ["WORKBENCH_HOME"] = old
    return folder


@pytest.fixture
def with_runs(trained_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder with two finished smoke runs; do not write to it."""
    monkeypatch.setenv("WORKBENCH_HOME", str(trained_home))
    return trained_home
