"""Calling the command line as a person types it."""

import sys

import pytest

from workbench.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    """Call `workbench` with words; gives (exit status, standard output, standard error)."""

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["workbench", *words])
        with pytest.raises(SystemExit) as end:
            main()
            raise SystemExit(0)
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def data(run):
    """Call `workbench data` with words."""
    return lambda *words: run("data", *words)
