"""docs/exploring.md: its cells run, and give what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from workbench.comparing.align import align

PAGE = Path(__file__).parents[2] / "docs" / "exploring.md"


def test_the_cells_of_the_page_run(with_runs: Path) -> None:
    text = PAGE.read_text()
    assert len(text.splitlines()) < 100
    cells = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(cells) == 6 and "-standard-s0" in cells[0]
    names: dict[str, Any] = {}
    for cell in cells:
        exec(cell.replace("-standard-s0", "-smoke-s0"), names)
    clips, space, errors = names["clips"], names["space"], names["errors"]
    assert space.values.shape == (len(clips), names["encoder"].width)
    assert errors.shape == names["encoder"].grid
    assert [one.name for one in names["steps"]] == ["baseline-smoke-s0@step-0", "baseline-smoke-s0@step-4"]
    assert [one.shape for one in names["maps"]] == [(len(clips), 2)] * 3
    assert 0 < names["beside"].residual < names["beside"].null <= 1
    for earlier, later in zip(names["maps"][:-1], names["maps"][1:], strict=True):
        np.testing.assert_allclose(align(later, earlier).points, earlier, atol=1e-3)  # nothing is left to turn or scale
