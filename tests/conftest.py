"""Shared fixtures: a home folder of its own for every test, and one small trained run for the tests that need one."""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a process a core: threads of several would wait for each other

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The same examples in every run, so that a change fails and not an hour; more of others: pytest --hypothesis-profile=default
settings.register_profile("suite", derandomize=True)
settings.load_profile("suite")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",  # Chromium refuses its sandbox to root
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
        for variant, changes in (("random", {}), ("baseline", {"runtime": {"snapshots": [0, 4]}})):
            complete_run(variant, "smoke", changes=changes, show=False)
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, with WebGL in software. One for all tests: a process holds one Playwright at a time."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with chromium() as opened:
        yield opened


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A file system of some size ("400k") at a new folder, where this process may mount one; else the test is skipped."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=10).returncode == 0
    except OSError:
        done = False
    if not done:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The same for who is no test."""
    from playwright.sync_api import sync_playwright

    executable = next((path for name in NAMES if (path := shutil.which(name))), None)
    if executable is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(NAMES)}); with apt: apt-get install chromium")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, headless=True, args=FLAGS)
        yield opened
        opened.close()
