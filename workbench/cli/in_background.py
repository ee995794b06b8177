"""The command line as a process of its own beside a kernel: `python -m workbench.cli.in_background …` is `workbench …`."""

from __future__ import annotations

import shlex
import signal
import sys

from workbench.cli import main as command_line
from workbench.training.background import disk_words


def main() -> None:
    """Do what the command line says, as `workbench` does; its first line is the command, and says that it hears Ctrl-C."""
    # A kernel ignores Ctrl-C between cells, and a process inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(f"$ workbench {shlex.join(sys.argv[1:])}", flush=True)
    try:
        command_line()
    except OSError as error:
        print(f"Error: {disk_words(error)}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
