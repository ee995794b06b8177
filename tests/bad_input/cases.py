"""All cases, area by area."""

from __future__ import annotations

from tests.bad_input import (
    cases_data,
    cases_files,
    cases_notebook,
    cases_reports,
    cases_results,
    cases_runs,
    cases_settings,
)
from tests.bad_input.case import Case

CASES: tuple[Case, ...] = (
    *cases_settings.NAMES,
    *cases_settings.SETTINGS,
    *cases_settings.SWEEPS,
    *cases_settings.OWN,
    *cases_runs.RUNS,
    *cases_data.FILES,
    *cases_data.BROKEN,
    *cases_data.CAPTIONS,
    *cases_files.MATRICES,
    *cases_files.ENCODERS,
    *cases_results.LEDGER,
    *cases_results.NOT_RUN,
    *cases_results.EXTERNAL,
    *cases_reports.REPORTS,
    *cases_notebook.NOTEBOOK,
)
