"""The planted encoders' tables, computed once for all tests."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.disentangle.planted import BLOCKS, planted
from workbench.disentangle import disentangle


@pytest.fixture(scope="session")
def tables() -> dict[str, dict[str, pd.DataFrame]]:
    """Tables of the planted encoders by plan, beside noise as the random encoder."""
    noise = planted("mixed", seed=3, noise=50.0)
    return {plan: disentangle(planted(plan), BLOCKS, random=noise) for plan in ("separated", "mixed", "half-leaked")}
