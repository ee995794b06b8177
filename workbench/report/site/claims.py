"""The page of the claims, where the package has a ledger of them. Judging takes a while, so it is done once for the same rows.

`python -m workbench.report.site.claims` judges them beforehand, beside the notebooks.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from html import escape
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError
from workbench.files import content_key, write_json
from workbench.paths import cache_root
from workbench.report.origin import Inputs
from workbench.report.page import origin_html
from workbench.report.processes import Start, cores, environment
from workbench.report.site.model import Entry, Page, Site, prose, site_origin

PATH, PACKAGE = "claims.html", "workbench.ledger"


def claims_pages(site: Site) -> Iterator[Page]:
    """One page with a verdict for each claim; none where there is no ledger. A ledger that cannot be read says so on its page."""
    if find_spec(PACKAGE) is None:
        return
    try:
        found = judged()
    except WorkbenchError as error:
        body = f'<h1>Claims</h1><p class="warning">The claims could not be judged: {escape(str(error))}</p>'
        yield Page(PATH, "Claims", body, "Results", "Claims")
        return
    body = f"<h1>Claims</h1>\n{prose(found['introduction'])}\n{found['html']}{origin_html(site_origin())}"
    entries = [Entry("Claims", "page", found["introduction"])]
    entries += [Entry(title, "claim", text, found["name"]) for title, text in found["claims"]]
    yield Page(PATH, "Claims", body, "Results", "Claims", tuple(entries))


def judged() -> dict[str, Any]:
    """Name, introduction and HTML of the ledger, and title and words of each claim: from the cache, else judged now."""
    path = _stored()
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        pass
    table = claims_table()
    claims = [(row[0].text, " ".join(cell.text for cell in row)) for row in table.rows if len(row) > 1]
    found = {"name": table.name, "introduction": introduction(), "html": table.html(), "claims": claims}
    write_json(path, found)
    return found


def judging() -> Start | None:
    """What starts a process that judges the claims, or None where there is nothing to judge. What goes wrong in it is said on the page."""
    if find_spec(PACKAGE) is None or _stored().is_file():
        return None
    command, quiet = [sys.executable, "-m", __name__], subprocess.DEVNULL
    return lambda: subprocess.Popen(
        command, env=environment(cores()), stdout=quiet, stderr=quiet, start_new_session=True
    )


def claims_table() -> Any:
    """The ledger as a `Table`: the one place that knows how the claims are asked."""
    module: Any = import_module(PACKAGE)
    return module.claims_table(module.claims())


def introduction() -> str:
    """What the ledger says of itself."""
    return (import_module(PACKAGE).__doc__ or "").strip()


def _stored() -> Path:
    return cache_root() / "claims" / f"{content_key(asdict(Inputs.now()))}.json"


if __name__ == "__main__":
    judged()
