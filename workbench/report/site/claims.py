"""The page of the claims, where the package has a ledger of them."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from workbench.errors import WorkbenchError
from workbench.report.page import origin_html
from workbench.report.site.model import Entry, Page, Site, prose, site_origin

PATH = "claims.html"


def claims_pages(site: Site) -> Iterator[Page]:
    """One page with a verdict for each claim; none where there is no ledger. A ledger that cannot be read says so on its page."""
    if find_spec("workbench.claims") is None:
        return
    try:
        table = claims_table()
    except WorkbenchError as error:
        body = f'<h1>Claims</h1><p class="warning">The claims could not be judged: {escape(str(error))}</p>'
        yield Page(PATH, "Claims", body, "Results", "Claims")
        return
    entries = [Entry("Claims", "page", table.title)]
    entries += [
        Entry(row[0].text, "claim", " ".join(cell.text for cell in row), table.name)
        for row in table.rows
        if len(row) > 1
    ]
    yield Page(
        PATH,
        "Claims",
        f"<h1>Claims</h1>\n{prose(introduction())}\n{table.html()}{origin_html(site_origin())}",
        "Results",
        "Claims",
        tuple(entries),
    )


def claims_table() -> Any:
    """The ledger as a `Table`: the one place that knows how the claims are asked."""
    module: Any = import_module("workbench.claims")
    return module.claims_table(module.claims())


def introduction() -> str:
    """What the ledger says of itself."""
    return (import_module("workbench.claims").__doc__ or "").strip()
