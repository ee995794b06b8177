"""Doing a case as a person would: through the entry point of `workbench`, in a home folder of its own."""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from tests.bad_input.case import Case, make_home
from workbench.errors import WorkbenchError
from workbench.files import file_key

ROOT = Path(__file__).resolve().parents[2]
SETTING = re.compile(r"[A-Z_]+=\S*")
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")  # of colour
KEY = re.compile(r"-[0-9a-f]{16}\b")  # of content: pixels and weights differ in the last bit between machines
BOX = "╭╮╰╯│─┃━ "
MESSAGE = re.compile(r"^(Error: |Usage: |Stopped|Traceback)", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What the person sees, the exit status (None: in the notebook), and the files that were written, changed or lost."""

    said: str
    status: int | None
    changed: tuple[str, ...]


@cache
def _home() -> Path:
    """The folder that every home is copied from; made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="bad-input-"))
    with _inside(folder):
        make_home(folder)
    atexit.register(shutil.rmtree, folder, True)
    return folder


@cache
def outcome(case: Case) -> Outcome:
    """Do the case; once in a process, whoever asks."""
    base = _home()
    with tempfile.TemporaryDirectory(prefix="bad-input-") as name:
        home = Path(name).resolve() / "HOME"
        shutil.copytree(base, home)
        with _inside(home):
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                made = case.prepare(home)
            before = _contents(home)
            with made if isinstance(made, contextlib.AbstractContextManager) else contextlib.nullcontext():
                said, status = _notebook(case, home) if case.act else _command(case, home)
            after = _contents(home)
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return Outcome(_plain(said, home), status, tuple(changed))


@contextlib.contextmanager
def _inside(home: Path, **variables: str) -> Iterator[None]:
    """As in a shell whose folder is `home`."""
    old = Path.cwd()
    with patch.dict(os.environ, {"WORKBENCH_HOME": str(home), "COLUMNS": "400", "HF_HUB_OFFLINE": "1"} | variables):
        os.chdir(home)
        try:
            yield
        finally:
            os.chdir(old)


def _notebook(case: Case, home: Path) -> tuple[str, None]:
    assert case.act is not None
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            return case.act(home), None
        except WorkbenchError as error:
            return f"WorkbenchError: {error}", None


def _command(case: Case, home: Path) -> tuple[str, int]:
    words = shlex.split(case.shown)
    variables = {}
    while SETTING.fullmatch(words[0]):
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    assert words.pop(0) == "workbench", case.shown
    with _inside(home, **variables):
        return _process(words) if case.process else _here(words)


def _here(words: list[str]) -> tuple[str, int]:
    from workbench.cli import main

    status: object = 0
    out, err = io.StringIO(), io.StringIO()
    typed = patch.object(sys, "argv", ["workbench", *words])
    with typed, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            status = end.code
        except Exception:  # what a person would see
            traceback.print_exc(file=err)
            status = 1
    return _seen(err.getvalue(), out.getvalue()), int(str(status or 0))


def _process(words: list[str]) -> tuple[str, int]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "workbench.cli", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path})
    return _seen(done.stderr, done.stdout), done.returncode


def _seen(err: str, out: str) -> str:
    """The message, without the bar that went before it; or what a command printed that found nothing wrong with itself."""
    begun = MESSAGE.search(err)
    return err[begun.start() :] if begun else out


def _contents(home: Path) -> dict[str, str]:
    """Content key of every file, of those beside the home folder too: a name may lead out of it."""
    return {os.path.relpath(path, home): file_key(path) for path in home.parent.rglob("*") if path.is_file()}


def _plain(text: str, home: Path) -> str:
    """Without the box of a usage error, and with names for folders that differ from machine to machine."""
    text = KEY.sub("-KEY", ESCAPE.sub("", text)).replace(str(home), "HOME").replace(str(ROOT), "WORKBENCH")
    lines = [line.strip(BOX) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)
