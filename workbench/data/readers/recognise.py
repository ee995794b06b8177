"""Which layout a folder or a file is in, by what is there, and reading it."""

from __future__ import annotations

from pathlib import Path

from workbench.data.listing import is_there
from workbench.data.readers.base import READERS, Found, Options
from workbench.errors import WorkbenchError

AUTO = "auto"


def read_layout(path: Path, layout: str = AUTO, options: Options | None = None) -> Found:
    """What the lists at `path` say; by default in the layout that is recognised there. See `Found`."""
    if not is_there(path):
        raise WorkbenchError(
            f"{path} does not exist. Give a folder of videos, a CSV with lines 'path label', or a JSON."
        )
    options = options or Options()
    name = recognise(path)[0] if layout == AUTO else layout
    reader = READERS[name]
    for option, value in options._asdict().items():
        if value is not None and option not in reader.options:
            known = [other for other, entry in READERS.items() if option in entry.options]
            raise WorkbenchError(f"{option.replace('_', '-')} is for {', '.join(known)}; this is {name}.")
    return reader.read(path, options)


def recognise(path: Path) -> tuple[str, str]:
    """The layout at `path`, and words for what it was recognised by. None or several is an error that lists them."""
    seen = {name: said for name, reader in READERS.items() if not reader.general and (said := reader.recognise(path))}
    if "workbench" in seen:  # a set made here also lies beside its export as JSON
        return "workbench", seen["workbench"]
    if not seen:
        general = (name for name, reader in READERS.items() if reader.general)
        # A list says more than a folder does, so it is asked first.
        seen = next(({name: said} for name in sorted(general) if (said := READERS[name].recognise(path))), {})
    if len(seen) == 1:
        return next(iter(seen.items()))
    listing = "\n".join(f"  {name}: {reader.needs}" for name, reader in READERS.items())
    if not seen:
        raise WorkbenchError(f"{path}: no layout is recognised. Each needs:\n{listing}")
    found = "; ".join(f"{name} ({said})" for name, said in seen.items())
    raise WorkbenchError(
        f"{path} is in several layouts: {found}. Name the one you mean with --layout. Each needs:\n{listing}"
    )
