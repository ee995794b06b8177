"""Real JupyterLab on this machine, driven through the system's Chromium."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 120


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its notebooks lie in `folder`."""

    address: str
    token: str
    folder: Path

    def url(self, notebook: str) -> str:
        """Address that opens a notebook, with the layout of a first visit."""
        return f"{self.address}/lab/tree/{notebook}?reset&token={self.token}"


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, trained_home: Path) -> Iterator[Lab]:
    """JupyterLab on a free port of this machine only, with settings, folders and a home of its own."""
    base = tmp_path_factory.mktemp("lab")
    home = base / "home"
    shutil.copytree(trained_home, home)  # exploring writes features and projections
    with running_lab(base, home) as lab:
        yield lab


@contextmanager
def running_lab(base: Path, home: Path) -> Iterator[Lab]:
    """JupyterLab with everything that is its own below `base`, over the runs of `home`."""
    folder = base / "notebooks"
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), folder)
    log = (base / "server.log").open("w")
    server = subprocess.Popen(
        command(lab, port), cwd=folder, env=environment(base, home), stdout=log, stderr=subprocess.STDOUT
    )
    try:
        wait_for(lab, server, base / "server.log")
        yield lab
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


def command(lab: Lab, port: int) -> list[str]:
    """How JupyterLab is started."""
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={lab.folder}",
        f"--IdentityProvider.token={lab.token}",
        "--ServerApp.terminals_enabled=False",
        "--LabApp.news_url=",
    ]


def environment(base: Path, home: Path) -> dict[str, str]:
    """Nothing of the person's own Jupyter is read or written."""
    config = base / "config"
    (config / "labconfig").mkdir(parents=True)
    silent = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (config / "labconfig" / "page_config.json").write_text(json.dumps(silent))
    own = {
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTER_DATA_DIR": base / "data",
        "JUPYTER_RUNTIME_DIR": base / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": base / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": base / "workspaces",
        "IPYTHONDIR": base / "ipython",
        "WORKBENCH_HOME": home,
    }
    paths = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, **{name: str(path) for name, path in own.items()}, "PYTHONPATH": paths}


def wait_for(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; fail with its log if it ends or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{lab.address}/api?token={lab.token}", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
