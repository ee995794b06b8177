"""The model of one training step: context encoder, teacher, predictor and objectives, from pixels to loss terms."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.config import Config, TargetSettings
from workbench.latents import ClipTargets, LatentBatch, normalise
from workbench.masking import Mask
from workbench.models.encoder import Encoder
from workbench.models.layers import tubelets
from workbench.models.predictor import Predictor
from workbench.objectives import ObjectiveSet, Terms, mean_terms
from workbench.text.batch import DrawnCaptions


def build_encoder(config: Config) -> Encoder:
    """The encoder of `config`, initialised from torch's current random state."""
    model = config.model
    return Encoder(
        grid=config.grid,
        pixels=model.tubelet * model.patch**2 * 3,
        width=model.width,
        depth=model.depth,
        heads=model.heads,
        mlp_ratio=model.mlp_ratio,
        levels=model.levels,
    )


def make_targets(tokens: Tensor, settings: TargetSettings, levels: int = 1) -> Tensor:
    """Teacher tokens (B, N, D) to targets: layer norm of each token, level by level, less a share of the clip's mean token."""
    if settings.layer_norm:
        parts = tokens.unflatten(-1, (levels, -1))
        tokens = F.layer_norm(parts, parts.shape[-1:]).flatten(-2)
    if settings.mean_removed:
        tokens = tokens - settings.mean_removed * tokens.mean(1, keepdim=True)
    return tokens


def same_counts(masks: list[Mask]) -> list[list[int]]:
    """Positions of the masks, grouped by their numbers of visible and predicted tokens."""
    groups: dict[tuple[int, int], list[int]] = {}
    for i, mask in enumerate(masks):
        groups.setdefault((mask.visible.shape[1], mask.predicted.shape[1]), []).append(i)
    return list(groups.values())


class Jepa(nn.Module):
    """Everything that one step needs. The terms of a batch are means over the mask generators.

    Initialisation depends on the seed alone: encoder and predictor are drawn before the heads of any objective, so every
    variant of a seed starts from the same weights. `teacher` is None where the encoder makes its own targets. `text_width` is that
    of the captions' embeddings (0: the run has none), `tower` makes them where it is trained with the rest.
    """

    def __init__(self, config: Config, text_width: int = 0, tower: nn.Module | None = None) -> None:
        super().__init__()
        model = config.model
        self.config = config
        with torch.random.fork_rng():
            torch.manual_seed(config.seed)
            self.encoder = build_encoder(config)
            self.predictor = Predictor(
                grid=config.grid,
                width=config.latent_width,
                inner=model.predictor_width,
                depth=model.predictor_depth,
                heads=model.predictor_heads,
            )
            self.objectives = ObjectiveSet(config.objective, config.latent_width, text_width, config.optim.batch)
        self.tower = tower
        own = config.teacher.kind == "none"
        self.teacher = None if own else copy.deepcopy(self.encoder).requires_grad_(False)

    def forward(
        self, clips: Tensor, masks: list[Mask], progress: Tensor, captions: DrawnCaptions | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """`clips` uint8 (B, T, H, W, 3) -> the loss, and every term as 'raw/…' and 'weighted/…', detached."""
        terms = self.terms(clips, masks, progress, captions)
        return torch.stack(list(terms.weighted.values())).sum(), terms.log()

    def terms(self, clips: Tensor, masks: list[Mask], progress: Tensor, captions: DrawnCaptions | None = None) -> Terms:
        """Every term of the loss with its gradient, mean over the masks."""
        tubes = tubelets(normalise(clips), self.config.model.tubelet, self.config.model.patch)
        text = captions.read(self.tower) if captions is not None else None
        clip = ClipTargets(self.targets(tubes), self.config.grid, clips, text)
        return mean_terms(
            [
                self.objectives(
                    LatentBatch(
                        context=context.float(),
                        predictions=at_predicted.float(),
                        context_predictions=at_visible.float(),
                        visible=mask.visible,
                        predicted=mask.predicted,
                        clip=clip,
                        progress=progress,
                    )
                )
                for mask, (context, at_visible, at_predicted) in zip(
                    masks, self.encode_and_predict(tubes, masks), strict=True
                )
            ]
        )

    def targets(self, tubes: Tensor) -> Tensor:
        """Targets at every token (B, N, D): without gradient from a teacher, with gradient from the encoder itself."""
        settings, levels = self.config.target, self.config.model.levels
        if self.teacher is None:
            return make_targets(self.encoder(tubes).float(), settings, levels)
        with torch.no_grad():
            return make_targets(self.teacher(tubes).float(), settings, levels)

    def encode_and_predict(self, tubes: Tensor, masks: list[Mask]) -> list[tuple[Tensor, Tensor, Tensor]]:
        """For every mask: context tokens (B, K, D), and the predictor's at visible and at predicted places.

        Masks with equal numbers of tokens go through the networks as one batch: half the calls, of twice the size.
        """
        found: dict[int, tuple[Tensor, Tensor, Tensor]] = {}
        for group in same_counts(masks):
            visible = torch.cat([masks[i].visible for i in group])
            predicted = torch.cat([masks[i].predicted for i in group])
            context = self.encoder(tubes.repeat(len(group), 1, 1) if len(group) > 1 else tubes, visible)
            parts = (context, *self.predictor(context, visible, predicted))
            chunks = [part.chunk(len(group)) for part in parts]
            found |= {i: (chunks[0][at], chunks[1][at], chunks[2][at]) for at, i in enumerate(group)}
        return [found[i] for i in range(len(masks))]

    def trained_parameters(self) -> list[nn.Parameter]:
        """Parameters that the optimiser must hold."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    @torch.no_grad()
    def update_teacher(self, momentum: float) -> None:
        """teacher ← momentum · teacher + (1 − momentum) · encoder, one fused call over all tensors; only an EMA teacher moves."""
        if self.teacher is not None and self.config.teacher.kind == "ema":
            torch._foreach_lerp_(list(self.teacher.parameters()), list(self.encoder.parameters()), 1 - momentum)
