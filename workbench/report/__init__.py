"""Reports: notebooks with typed parameters, executed over result rows into tables, figures, pages and a site.

The package answers to a call, `wb.report("main")`: its name is that of the command, and Python sets a package as an attribute
of the one above it as soon as one of its modules is imported.
"""

import sys
from types import ModuleType
from typing import Any

from workbench.report.parameters import REPORTS, MainParameters, Report, parse_parameters

__all__ = ["REPORTS", "MainParameters", "Report", "parse_parameters"]


class _Callable(ModuleType):
    def __call__(self, *positional: Any, **named: Any) -> Any:
        """Make a report; see `workbench.report.execute.report`."""
        from workbench.report.execute import report

        return report(*positional, **named)


sys.modules[__name__].__class__ = _Callable
