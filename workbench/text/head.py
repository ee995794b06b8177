"""The head that places clips and captions in one space: the run's own, or one fitted on a frozen encoder with the same budget."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workbench.config import Config
from workbench.data.clips import load_clips
from workbench.encoders.base import FrozenEncoder
from workbench.encoders.of_run import RunEncoder
from workbench.errors import WorkbenchError
from workbench.features import Features, features_of
from workbench.files import content_key, whole_folder, write_json
from workbench.latents import ClipTargets, LatentBatch
from workbench.objectives import OBJECTIVES, Objective
from workbench.objectives.video_text import VideoText, unit
from workbench.presets import build_config
from workbench.probes.attentive import channel_statistics
from workbench.probes.base import Labelled
from workbench.progress import progress_bar
from workbench.runs import TOWER, Run
from workbench.text import open_tower
from workbench.text.batch import CaptionBatch
from workbench.text.store import caption_embeddings
from workbench.text.tower import TextTower
from workbench.text.training import TrainingCaptions
from workbench.training.batches import batch_indices
from workbench.training.optimiser import adamw, set_rate
from workbench.training.schedules import learning_rate

VERSION = 1
BLOCK = 512  # clips projected at a time
WEIGHTS, FACTS = "head.safetensors", "head.json"


@dataclass(frozen=True)
class TextHead:
    """Projections of clips and captions to unit length in one space, and the tower that reads captions; nothing of it trains.

    `mean`, `deviation` (D,): by which tokens are standardised first; 0 and 1 for a run's own head. `words`: where it is from.
    """

    objective: VideoText
    tower: TextTower
    mean: Tensor
    deviation: Tensor
    words: str

    @cached_property
    def key(self) -> str:
        """Content key of all that it is."""
        parts = [*self.objective.state_dict().values(), self.mean, self.deviation]
        return content_key(self.tower.key, *(part.numpy().tobytes() for part in parts))

    @torch.no_grad()
    def project(self, tokens: Tensor) -> np.ndarray:
        """Clips in the common space: float32 (B, d), rows of unit length, of all tokens of an encoder (B, N, D)."""
        return np.asarray(unit(self.objective.project_clips((tokens - self.mean) / self.deviation)).numpy())

    def clips(self, features: Features) -> np.ndarray:
        """As `project`, of stored tokens: (n, d), streamed."""
        blocks = (features.tokens[start : start + BLOCK] for start in range(0, len(features.tokens), BLOCK))
        return np.concatenate([self.project(torch.from_numpy(np.array(block)).float()) for block in blocks])

    @torch.no_grad()
    def texts(self, captions: Sequence[str]) -> np.ndarray:
        """Captions in the common space: float32 (m, d), rows of unit length. The tower runs once for each distinct one."""
        embeddings = torch.from_numpy(caption_embeddings(self.tower, captions))
        return np.asarray(unit(self.objective.project_texts(embeddings)).numpy())


def own_head(run: Run) -> TextHead:
    """The head that the run was trained with; a run without captions raises."""
    from safetensors.torch import load_file

    config = run.config
    if config.text is None:
        raise WorkbenchError(
            f"The run '{run.name}' was trained without captions and has no text head; one can be fitted: --head fitted."
        )
    run.require_finished()
    kept = run.folder / TOWER
    tower = TextTower.load(kept) if kept.is_dir() else open_tower(config.text.tower)
    if not kept.is_dir() and tower.key != run.info["text"]["tower_key"]:
        raise WorkbenchError(
            f"The text tower '{config.text.tower}' is not the one that '{run.name}' was trained with: its weights differ."
        )
    weights = load_file(run.folder / "weights" / "heads.safetensors")
    name = next(name for name in config.objective.settings if issubclass(OBJECTIVES[name], VideoText))
    settings = config.objective.settings[name] | {"text_width": tower.width, "clips": config.optim.batch}
    objective = OBJECTIVES[name](config.latent_width, **settings)
    start = f"parts.{name}."
    objective.load_state_dict(
        {key.removeprefix(start): value for key, value in weights.items() if key.startswith(start)}
    )
    width = torch.zeros(config.latent_width)
    return TextHead(_frozen(objective), tower.freeze(), width, width + 1, f"own, {name}")


def fit_head(encoder: FrozenEncoder, term: str = "infonce", show: bool = False) -> TextHead:
    """A head fitted on the tokens of the frozen encoder: steps, batches, captions and rates of a run of its preset, and seed, with text.

    Kept beside the encoder's features; fitted once. `term` is a video–text objective.
    """
    kind, budget, folder = _place(encoder, term)
    if not (folder / WEIGHTS).is_file():
        _fit(encoder, kind, term, budget, folder, show)
    return _read(folder, kind, encoder.width, budget, term)


def kept_head(encoder: FrozenEncoder, term: str = "infonce") -> TextHead | None:
    """The head that a run was trained with, else one that was fitted already; None where there is neither. Fits nothing."""
    if isinstance(encoder, RunEncoder) and encoder.config.text is not None:
        return own_head(encoder.run)
    kind, budget, folder = _place(encoder, term)
    return _read(folder, kind, encoder.width, budget, term) if (folder / WEIGHTS).is_file() else None


def term_class(term: str) -> type[VideoText]:
    """The objective that a head is fitted by; raises, with the known ones, where it ties no clips to captions."""
    kind = OBJECTIVES[term]
    if not issubclass(kind, VideoText):
        known = [name for name in OBJECTIVES if issubclass(OBJECTIVES[name], VideoText)]
        raise WorkbenchError(f"The objective '{term}' ties no clips to captions. These do: {', '.join(known)}.")
    return kind


def _place(encoder: FrozenEncoder, term: str) -> tuple[type[VideoText], Config, Path]:
    """Kind of head, budget, and the folder that a fitted one lies in."""
    kind = term_class(term)
    budget = _budget(encoder.config, term)
    folder = encoder.store()[0].parent / "text_heads" / content_key(VERSION, encoder.key, term, budget.key())
    return kind, budget, folder


def _budget(config: Config, term: str) -> Config:
    """Settings of a run with the captions, clips and seed of `config`, and as many steps; those of its preset for a random encoder."""
    changes: dict[str, Any] = {"data": config.data.model_dump(mode="json")}  # what is held out of training stays so
    if config.optim.steps:
        changes["optim"] = config.optim.model_dump(mode="json")
    return build_config(f"baseline+{term}", config.preset, config.seed, config.recipe, changes)


def _fit(encoder: FrozenEncoder, kind: type[VideoText], term: str, budget: Config, folder: Path, show: bool) -> None:
    from safetensors.torch import save_file

    optim = budget.optim
    clips = load_clips(budget.data, "train", progress=show)
    features = features_of(encoder, clips, show=show)
    captions = TrainingCaptions(budget, clips, kind.wants_wrong, show)
    labels = np.zeros(len(clips), np.int64)
    mean, deviation = channel_statistics(Labelled(features, labels))
    with torch.random.fork_rng():
        torch.manual_seed(budget.seed)
        objective = kind(encoder.width, text_width=captions.tower.width, clips=optim.batch)
    tower = captions.trained_tower
    trained = [*objective.parameters(), *(tower.parameters() if tower else ())]
    optimiser = adamw([(trained, 1.0)], optim)
    with progress_bar(f"text head of {encoder.name}", optim.steps, show=show) as report:
        for step in range(optim.steps):
            set_rate(optimiser, learning_rate(step, optim))
            index = batch_indices(step, optim.batch, len(clips), budget.seed)
            tokens = (torch.from_numpy(np.array(features.tokens[index])).float() - mean) / deviation
            text = captions.draw(index, step).read(tower)
            loss = objective(whole_batch(tokens, encoder.grid, text, step / optim.steps))[term]
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, optim.clip_norm)
            optimiser.step()
            report(step + 1)
    with whole_folder(folder) as temporary:
        captions.tower.save(temporary / TOWER)
        save_file({**objective.state_dict(), "mean": mean, "deviation": deviation}, temporary / WEIGHTS)
        write_json(temporary / FACTS, {"encoder": encoder.name, "term": term, "steps": optim.steps, **captions.about()})


def whole_batch(tokens: Tensor, grid: tuple[int, int, int], text: CaptionBatch, progress: float) -> LatentBatch:
    """A batch in which every token (B, N, D) is visible and nothing is predicted, as a frozen encoder gives it."""
    b, n, _ = tokens.shape
    everything = torch.arange(n).expand(b, -1)
    pixels = torch.zeros(b, 0, 0, 0, 3, dtype=torch.uint8)
    nothing = tokens[:, :0]
    clip = ClipTargets(tokens, grid, pixels, text)
    return LatentBatch(tokens, nothing, nothing, everything, everything[:, :0], clip, torch.tensor(progress))


def _read(folder: Path, kind: type[VideoText], width: int, budget: Config, term: str) -> TextHead:
    from safetensors.torch import load_file

    tower = TextTower.load(folder / TOWER)
    weights = load_file(folder / WEIGHTS)
    mean, deviation = weights.pop("mean"), weights.pop("deviation")
    objective = kind(width, text_width=tower.width, clips=budget.optim.batch)
    objective.load_state_dict(weights)
    steps = json.loads((folder / FACTS).read_text())["steps"]
    return TextHead(
        _frozen(objective), tower.freeze(), mean, deviation, f"fitted on the frozen encoder, {term}, {steps} steps"
    )


def _frozen(objective: Objective) -> VideoText:
    assert isinstance(objective, VideoText)
    return objective.eval().requires_grad_(False)
