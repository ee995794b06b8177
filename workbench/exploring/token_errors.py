"""Where the predictor is wrong: the training loss of every token of a clip when it is masked and predicted."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from workbench.encoders.of_run import OwnEncoder
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder
    from workbench.latents import Grid
    from workbench.masking import Mask
    from workbench.models.jepa import Jepa
    from workbench.runs import Run

PARTS = (2, 2)  # of the frame, in height and width: each is masked over the whole time and predicted from the rest


def token_errors(encoder: FrozenEncoder, clips: ClipSet, row: int) -> np.ndarray:
    """Error of every token of the clip at `row`: float32 (t, h, w).

    The mean over channels of |ẑ − H|, as in the term `predict` (OBJECTIVES, "Base"), H the run's own targets: of its teacher, where the folder holds it. The quarters of the frame are
    masked in turn, each over all time steps, so that every token is predicted exactly once, from the other three quarters.
    Raises for an encoder without a predictor.
    """
    return errors_of(encoder, np.array(clips.clips[row : row + 1]))[0]


def errors_of(encoder: FrozenEncoder, clips: np.ndarray) -> np.ndarray:
    """As `token_errors`, of several clips uint8 (B, T, H, W, 3): (B, t, h, w). As many at a time as go through the encoder."""
    import torch

    from workbench.encoders.of_run import RunEncoder

    if not isinstance(encoder, RunEncoder):
        step = isinstance(encoder, OwnEncoder) and "@step-" in encoder.name
        why = "a run keeps its predictor with its last weights only" if step else "it is not a run of this workbench"
        raise WorkbenchError(f"{encoder.name} has no predictor whose errors could be shown: {why}.")
    model = _model(encoder.run, encoder.run.weights_key(encoder.which))
    found = np.empty((len(clips), *encoder.grid), np.float32)
    for start in range(0, len(clips), encoder.batch):
        here = slice(start, start + encoder.batch)
        found[here] = _errors(model, torch.from_numpy(np.array(clips[here])), encoder.grid).numpy()
    return found


def has_teacher(run: Run) -> bool:
    """Whether the folder of the run holds its teacher; without it the targets are those of its own encoder, which the teacher follows."""
    return (run.folder / "weights" / "teacher.safetensors").is_file()


def quarters(grid: Grid, batch: int) -> list[Mask]:
    """Masks that predict each part of the frame in turn, over all time steps, for `batch` clips."""
    import torch

    from workbench.masking import Mask

    t, h, w = grid
    places = np.arange(t * h * w).reshape(grid)
    found = []
    for rows in np.array_split(np.arange(h), min(PARTS[0], h)):
        for columns in np.array_split(np.arange(w), min(PARTS[1], w)):
            predicted = np.sort(places[:, rows][:, :, columns].ravel())
            visible = np.setdiff1d(places.ravel(), predicted)
            found.append(Mask(*(torch.from_numpy(part).expand(batch, -1) for part in (visible, predicted))))
    if not found[0].visible.shape[1]:
        raise WorkbenchError("A frame of one token cannot be predicted from the rest of it: there is none.")
    return found


def _errors(model: Jepa, clips: Tensor, grid: Grid) -> Tensor:
    import torch

    from workbench.latents import normalise
    from workbench.models.layers import gather_tokens, tubelets

    masks = quarters(grid, len(clips))
    with torch.no_grad():
        tubes = tubelets(normalise(clips), model.config.model.tubelet, model.config.model.patch)
        targets = model.targets(tubes)
        found = torch.zeros(targets.shape[:2])
        for mask, (_, _, predictions) in zip(masks, model.encode_and_predict(tubes, masks), strict=True):
            error = (predictions.float() - gather_tokens(targets, mask.predicted)).abs().mean(-1)
            found.scatter_(1, mask.predicted, error)
    return found.unflatten(1, grid)


@lru_cache(2)
def _model(run: Run, weights_key: str) -> Jepa:
    """The run's networks with their last weights, frozen; its heads stay as they are drawn: no term is asked."""
    from safetensors.torch import load_file

    from workbench.models.jepa import Jepa

    config = run.config.model_copy(update={"objective": type(run.config.objective)(), "text": None})
    model = Jepa(config)
    parts = {"encoder": model.encoder, "predictor": model.predictor}
    if model.teacher is not None:
        parts["teacher"] = model.teacher
    if not has_teacher(run):  # as in the runs that the repository carries
        parts.pop("teacher", None)
        model.teacher = None
    for name, part in parts.items():
        path = run.folder / "weights" / f"{name}.safetensors"
        if not path.is_file():
            raise WorkbenchError(
                f"The folder of the run '{run.name}' holds no {path.name}, which the predictor's errors need."
            )
        part.load_state_dict(load_file(path))
    return model.eval().requires_grad_(False)
