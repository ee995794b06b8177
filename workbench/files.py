"""Writing whole or not at all, content keys, and the state of the software that a run records."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from workbench.disk import writing
from workbench.errors import WorkbenchError

RECORDED_PACKAGES = (
    "torch",
    "accelerate",
    "transformers",
    "numpy",
    "pandas",
    "scikit-learn",
    "av",
    "decord",
    "jepa-workbench",
)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to; rename it onto `path` on success, remove it on failure.

    A disk that is full or may not be written raises `Unwritable`, which names `path`.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside `path`; rename it onto `path` on success. An existing `path` is replaced.

    A disk that is full or may not be written raises `Unwritable`, which names `path`.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        temporary.chmod(0o755)
        try:
            yield temporary
            if path.exists():
                old = path.with_name(f".{path.name}.old-{os.getpid()}")
                os.replace(path, old)
                os.replace(temporary, path)
                shutil.rmtree(old)
            else:
                os.replace(temporary, path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def read_object(path: Path, advice: str) -> dict[str, Any]:
    """A JSON file that holds an object; raises for any other and gives the `advice`, a sentence."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # no JSON, or no text
        raise WorkbenchError(f"{path} cannot be read ({error}). {advice}") from None
    if not isinstance(found, dict):
        raise WorkbenchError(f"{path} cannot be read (it holds no object, {{...}}). {advice}")
    return found


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(value, indent=2, sort_keys=False, default=str) + "\n")


def write_origin(path: Path, command: str, **facts: Any) -> None:
    """Write to `path`, as JSON, how what lies beside it was made: command, time, `facts`, versions and git state."""
    about = {"command": command, "kept": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **facts}
    write_json(path, about | {"versions": package_versions(), "git": git_state()})


def content_key(*parts: Any, length: int = 16) -> str:
    """Hexadecimal SHA-256 of JSON-able parts (bytes are hashed as they are): equal content, equal key."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(
            part if isinstance(part, bytes | memoryview) else json.dumps(part, sort_keys=True, default=str).encode()
        )
        digest.update(b"\0")
    return digest.hexdigest()[:length]


def file_key(path: Path, length: int = 32) -> str:
    """Hexadecimal SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:length]


@cache
def package_versions() -> dict[str, str]:
    """Installed versions of the packages that a number can depend on ('absent' where one is not installed)."""
    versions = {"python": platform.python_version()}
    for name in RECORDED_PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "absent"
    return versions


@cache
def git_state() -> dict[str, str | bool]:
    """Commit of the source tree and whether it had uncommitted changes; 'unknown' outside a checkout.

    What is made here, in `checkpoints/` and `reports/`, is no source: probing a run that is tracked changes nothing of this.
    """
    source = Path(__file__).resolve().parent.parent

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(source), *words], capture_output=True, text=True, timeout=20, check=True
        )
        return done.stdout.strip()

    try:
        source_only = ("--", ".", ":!checkpoints", ":!reports")
        changes = git("status", "--porcelain", "--untracked-files=no", *source_only)
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(changes)}
    except (OSError, subprocess.SubprocessError):
        return {"commit": "unknown", "dirty": False}
