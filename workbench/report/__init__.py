"""Reports: notebooks with typed parameters, executed over result rows into tables, figures and a page."""

from workbench.report.parameters import REPORTS, MainParameters, Report, parse_parameters

__all__ = ["REPORTS", "MainParameters", "Report", "parse_parameters"]
