"""The oracles: classifiers fitted on training clips and read on test clips. One budget for all, nothing chosen on test."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.registry import Registry

COMPONENTS = 96  # of the pixels that logistic regression and the forest see
TREES = 200
EPOCHS, BATCH, RATE = 6, 64, 3e-3
# train features, train labels, test features, number of classes -> scores (test clips, classes)
Oracle = Callable[[np.ndarray, np.ndarray, np.ndarray, int], np.ndarray]

ORACLES: Registry[Oracle] = Registry("oracle")


@ORACLES.register("logistic")
def logistic(x: np.ndarray, y: np.ndarray, test: np.ndarray, classes: int) -> np.ndarray:
    """Multinomial logistic regression on standardised features: log-probabilities."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=300, tol=1e-3)).fit(x, y)
    return _all_classes(model.predict_log_proba(test), model.classes_, classes)


@ORACLES.register("forest")
def forest(x: np.ndarray, y: np.ndarray, test: np.ndarray, classes: int) -> np.ndarray:
    """Random forest: log of the share of votes."""
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(TREES, min_samples_leaf=2, n_jobs=-1, random_state=0).fit(x, y)
    return _all_classes(np.log(model.predict_proba(test) + 1e-9), model.classes_, classes)


def pixel_features(train: np.ndarray, test: np.ndarray, order_free: bool) -> tuple[np.ndarray, np.ndarray]:
    """Principal components of the frames seen (clips, m, H, W, 3); where order must not count, pixels are sorted over time."""
    from sklearn.decomposition import PCA

    flat_train, flat_test = (_flat(clips, order_free) for clips in (train, test))
    components = min(COMPONENTS, *flat_train.shape)
    model = PCA(components, svd_solver="randomized", random_state=0).fit(flat_train)
    return model.transform(flat_train), model.transform(flat_test)


def _flat(clips: np.ndarray, order_free: bool) -> np.ndarray:
    """Half-size pixels as float32 (clips, features), in pieces, so that no full-size copy in float is made."""
    pieces = []
    for start in range(0, len(clips), 512):
        block = torch.from_numpy(np.array(clips[start : start + 512])).movedim(-1, 2)
        small = F.avg_pool2d(block.flatten(0, 1).float(), 2).reshape(*block.shape[:3], -1)
        pieces.append((small.sort(1).values if order_free else small).flatten(1).numpy())
    return np.concatenate(pieces)


def _all_classes(scores: np.ndarray, present: np.ndarray, classes: int) -> np.ndarray:
    full = np.full((len(scores), classes), -1e9)
    full[:, present] = scores
    return full


class FrameNet(nn.Module):
    """Small CNN on frames (n, m, 3, H, W) of a torus: the same layers for each frame, then frames joined, then a head.

    Ordered frames are joined as channels; a set of frames by the mean and the maximum over it, in which order cannot count.
    """

    def __init__(self, frames: int, classes: int, order_free: bool) -> None:
        super().__init__()
        self.order_free = order_free
        self.each = nn.Sequential(_conv(3, 16, 4, 2), nn.GELU(), _conv(16, 24, 3), nn.GELU())
        joined = 48 if order_free else 24 * frames
        self.joint = nn.Sequential(_conv(joined, 64, 3, 2), nn.GELU(), _conv(64, 96, 3), nn.GELU())
        self.head = nn.Linear(192, classes)

    def forward(self, frames: Tensor) -> Tensor:
        n, m = frames.shape[:2]
        each = self.each(frames.flatten(0, 1)).unflatten(0, (n, m))
        maps = torch.cat([each.mean(1), each.amax(1)], 1) if self.order_free else each.flatten(1, 2)
        maps = self.joint(maps)
        return self.head(torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1))


def _conv(inside: int, outside: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, kernel, stride, padding=1, padding_mode="circular")


def cnn(x: np.ndarray, y: np.ndarray, test: np.ndarray, classes: int, order_free: bool, epochs: int) -> np.ndarray:
    """Scores of `FrameNet`, trained for `epochs` on uint8 frames (n, m, H, W, 3) that are rolled around the torus."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = FrameNet(x.shape[1], classes, order_free)
        steps = max(1, len(x) // BATCH) * epochs
        optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.02)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
        labels, rng = torch.from_numpy(y.astype(np.int64)), np.random.default_rng(0)
        order = np.concatenate([rng.permutation(len(x)) for _ in range(epochs + 1)])
        for step in range(steps):
            index = np.sort(order[step * BATCH : (step + 1) * BATCH])
            shift = rng.integers(0, x.shape[2], 2).tolist()
            frames = _floats(x[index]).roll(shift, (3, 4))
            loss = F.cross_entropy(model(frames), labels[index])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            blocks = [model(_floats(test[start : start + 256])) for start in range(0, len(test), 256)]
    return torch.cat(blocks).numpy()


def _floats(frames: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(frames)).movedim(-1, 2).float().div_(64).sub_(2)
