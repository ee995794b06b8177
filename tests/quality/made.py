"""Features made of arrays, for tests of what is measured on them."""

import numpy as np
import pandas as pd

from workbench.features import Features


def features(tokens: np.ndarray, grid: tuple[int, int, int] | None = None) -> Features:
    """Features of `tokens` (n, t·h·w, D); by default one token a clip."""
    return Features(tokens, grid or (1, 1, tokens.shape[1]), pd.DataFrame({"clip": range(len(tokens))}), "made")
