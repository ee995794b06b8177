"""How a report was made: command, parameters and who decided them, rows, clips, software."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from workbench.config import Section
from workbench.files import git_state, package_versions
from workbench.report.gather import Study
from workbench.report.numbers import listed
from workbench.report.parameters import changed, command
from workbench.report.prose import Prose


def made_by(name: str, parameters: Section, studies: Sequence[Study] = (), sources: Sequence[str] = ()) -> Prose:
    """The last part of a page; `sources` are tables other than result rows that it was made from."""
    given = changed(parameters)
    usual = {key: value for key, value in parameters.model_dump().items() if key not in given}
    lines = [f"Command: `{command(name, parameters)}`"]
    lines += [f"{words}: {_settings(values)}" for words, values in (("Given", given), ("By default", usual)) if values]
    lines += [f"Rows: {len(study.rows)}, content key `{study.key}`" for study in studies]
    lines += [f"Made from `{source}`" for source in sources]
    lines += list(dict.fromkeys(line for study in studies for line in _of(study)))
    git, software = git_state(), package_versions()
    tree = f"commit {git['commit']}{' with uncommitted changes' if git['dirty'] else ''}"
    lines.append(f"This report: jepa-workbench {software['jepa-workbench']}, {tree}, {date.today().isoformat()}")
    return Prose("made-by", "\n".join(f"- {line}" for line in lines))


def _settings(values: dict[str, object]) -> str:
    return ", ".join(f"{key} = `{json.dumps(value)}`" for key, value in values.items())


def _of(study: Study) -> list[str]:
    """Test clips and software behind the rows of a study."""
    rows = study.rows
    lines = [
        f"Test clips of {benchmark}: content key {listed(f'`{key}`' for key in group['data_key'].unique())}"
        for benchmark, group in rows.groupby("benchmark", sort=False)
    ]
    for text in rows["versions"].unique():
        versions = ", ".join(f"{name} {version}" for name, version in json.loads(text).items())
        lines.append(f"Software of the runs: {versions}")
    return lines
