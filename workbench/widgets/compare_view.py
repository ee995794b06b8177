"""The parts of the comparer's page that are not the explorer's: sentences, headings, clips side by side, tabs, their pages."""

from __future__ import annotations

from workbench.widgets.view import STATIC, View


class CompareView(View):
    """As `View`, drawn by static/compare.js, which names the kinds and their fields."""

    _esm = STATIC / "compare.js"
    _css = STATIC / "compare.css"
