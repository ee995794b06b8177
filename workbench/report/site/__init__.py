"""The site over all reports: static pages that open from a disk, without a server or a network."""

from workbench.report.site.build import build_site

__all__ = ["build_site"]
