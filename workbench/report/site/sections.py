"""The sections of the site, in the order of its menu: each gives its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workbench.registry import Registry
from workbench.report.site.claims import claims_pages
from workbench.report.site.methods import method_pages
from workbench.report.site.model import Page, Site
from workbench.report.site.overview import overview_pages
from workbench.report.site.results import report_pages
from workbench.report.site.runs import run_pages

SECTIONS: Registry[Callable[[Site], Iterable[Page]]] = Registry("section of the site")
SECTIONS.add("overview", overview_pages)
SECTIONS.add("results", report_pages)
SECTIONS.add("claims", claims_pages)
SECTIONS.add("runs", run_pages)
SECTIONS.add("methods", method_pages)
