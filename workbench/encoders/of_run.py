"""Encoders of this package's own architecture: of a run, drawn at random, or with weights from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from workbench.encoders.base import FrozenEncoder, device_of
from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.latents import normalise
from workbench.models.jepa import build_encoder
from workbench.models.layers import tubelets
from workbench.presets import run_name
from workbench.variants import VARIANTS

if TYPE_CHECKING:
    from workbench.config import Config
    from workbench.models.encoder import Encoder
    from workbench.runs import Run


class OwnEncoder(FrozenEncoder):
    """A frozen `Encoder` with the settings that made it; `pixels` turns uint8 clips into what it was trained on.

    `blocks` are those that the objectives of `config` divide its channels into: see `objective_blocks`.
    """

    def __init__(
        self,
        module: Encoder,
        config: Config,
        name: str,
        key: str,
        *,
        pixels: Callable[[Tensor], Tensor] = normalise,
        is_random: bool = False,
    ) -> None:
        self.device = device_of(config)
        self.module = module.eval().requires_grad_(False).to(self.device)
        self.config, self.name, self.key, self.is_random = config, name, key, is_random
        self.grid, self.width, self.depth = config.grid, config.latent_width, config.model.depth
        self.takes = (config.data.frames, config.data.size, config.data.size)
        self.blocks = objective_blocks(config)
        self._pixels = pixels

    @torch.no_grad()
    def tokens(self, clips: Tensor) -> Tensor:
        """Tokens (B, t·h·w, D) of uint8 clips (B, T, H, W, 3): of several levels, side by side."""
        return self.module(self._tubes(clips)).float().cpu()

    @torch.no_grad()
    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        """What each block adds up to, before any layer norm: each (B, t·h·w, width of the model)."""
        return [out.cpu() for out in outputs_of(self.module.blocks, lambda: self.module(self._tubes(clips)))]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        """An encoder of the same settings and blocks, drawn by `seed` as a run of that seed starts."""
        return RandomEncoder(self.config.model_copy(update={"seed": seed}), name=f"{self.name}~untrained-s{seed}")

    def _tubes(self, clips: Tensor) -> Tensor:
        model = self.config.model
        return tubelets(self._pixels(clips.to(self.device)), model.tubelet, model.patch)


class RunEncoder(OwnEncoder):
    """The encoder of a run: `which` is "context" or "teacher", by default the one that the run's settings say is probed."""

    def __init__(self, run: Run, which: str | None = None) -> None:
        config = run.config
        self.run, self.which = run, which or config.probe.encoder
        name = run.name if self.which == config.probe.encoder else f"{run.name}@{self.which}"
        key = run.weights_key(self.which)
        super().__init__(run.encoder(self.which), config, name, key, is_random=not VARIANTS[config.variant].trained)

    def store(self) -> tuple[Path, str]:
        """The run's own folder: its features go when the run goes."""
        return self.run.folder / "features", self.which


class StepEncoder(OwnEncoder):
    """The encoder of a run after `step` steps, where the run kept it (`runtime.snapshots`); its last step is the run itself."""

    def __init__(self, run: Run, step: int) -> None:
        from workbench.training.snapshots import snapshot_encoder

        self.run, self.step = run, step
        module = snapshot_encoder(run, step)
        super().__init__(module, run.config, f"{run.name}@step-{step}", weights_key(module))

    def store(self) -> tuple[Path, str]:
        """The run's own folder."""
        return self.run.folder / "features", f"step-{self.step}"


class RandomEncoder(OwnEncoder):
    """An encoder as a run of `config` starts, without the run: the same seed draws the same weights."""

    def __init__(self, config: Config, name: str | None = None) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            module = build_encoder(config)
        super().__init__(module, config, name or run_name(config), weights_key(module), is_random=True)


def objective_blocks(config: Config) -> dict[str, slice]:
    """{"appearance": …, "dynamics": …} where an objective of the run keeps leading channels of a latent for what stands still.

    The share is of all channels of the latent, all levels side by side, as in training. Empty where nothing is divided.
    Raises where two objectives divide differently.
    """
    from workbench.objectives import OBJECTIVES

    section, width = config.objective, config.latent_width
    known = {name: words for name, words in section.settings.items() if name in OBJECTIVES}  # not another's own one
    with torch.random.fork_rng(devices=[]):
        found = {name: OBJECTIVES[name](width, **words).appearance for name, words in known.items()}
    splits = {count for count in found.values() if count}
    if len(splits) > 1:
        raise WorkbenchError(f"The objectives divide the channels differently: {found}. Give them one app_ratio.")
    return {"appearance": slice(0, count), "dynamics": slice(count, width)} if (count := max(splits, default=0)) else {}


def outputs_of(layers: torch.nn.ModuleList, forward: Callable[[], object]) -> list[Tensor]:
    """What each of `layers` gives during one call of `forward`."""
    found: list[Tensor] = []

    def keep(_: object, __: object, output: Tensor | tuple[Tensor, ...]) -> None:
        found.append(output[0] if isinstance(output, tuple) else output)

    hooks = [layer.register_forward_hook(keep) for layer in layers]
    try:
        forward()
    finally:
        for hook in hooks:
            hook.remove()
    return found


def weights_key(module: torch.nn.Module) -> str:
    """Content key of all parameters and buffers."""
    parts = [part for name, value in module.state_dict().items() for part in (name, value.cpu().numpy().tobytes())]
    return content_key(*parts, length=32)
