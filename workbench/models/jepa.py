"""The model of one training step: context encoder, teacher, predictor and objectives, from pixels to loss terms."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.config import Config, TargetSettings
from workbench.latents import LatentBatch
from workbench.masking import Mask
from workbench.models.encoder import Encoder
from workbench.models.layers import tubelets
from workbench.models.predictor import Predictor
from workbench.objectives import ObjectiveSet


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
    )


def make_targets(tokens: Tensor, settings: TargetSettings, grid: tuple[int, int, int]) -> Tensor:
    """Teacher tokens (B, N, D) to targets: layer norm of each token, less a share of what stays the same.

    `mean_removed` is the share of the clip's mean token, `still_removed` that of each place's mean over time.
    """
    if settings.layer_norm:
        tokens = F.layer_norm(tokens, tokens.shape[-1:])
    if settings.mean_removed:
        tokens = tokens - settings.mean_removed * tokens.mean(1, keepdim=True)
    if settings.still_removed:
        places = tokens.unflatten(1, (grid[0], -1))
        tokens = (places - settings.still_removed * places.mean(1, keepdim=True)).flatten(1, 2)
    return tokens


def normalise(clips: Tensor) -> Tensor:
    """uint8 pixels to floats of roughly unit variance around zero."""
    return clips.float() * (4 / 255) - 2


def same_counts(masks: list[Mask]) -> list[list[int]]:
    """Positions of the masks, grouped by their numbers of visible and predicted tokens."""
    groups: dict[tuple[int, int], list[int]] = {}
    for i, mask in enumerate(masks):
        groups.setdefault((mask.visible.shape[1], mask.predicted.shape[1]), []).append(i)
    return list(groups.values())


class Jepa(nn.Module):
    """Everything that one step needs. `step_terms` of a batch are means over the mask generators.

    Initialisation depends on the seed alone: encoder and predictor are drawn before the heads of any objective, so every
    variant of a seed starts from the same weights.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        model = config.model
        self.config = config
        with torch.random.fork_rng():
            torch.manual_seed(config.seed)
            self.encoder = build_encoder(config)
            self.predictor = Predictor(
                grid=config.grid,
                width=model.width,
                inner=model.predictor_width,
                depth=model.predictor_depth,
                heads=model.predictor_heads,
            )
            self.objectives = ObjectiveSet(config.objective, model.width)
        self.teacher = copy.deepcopy(self.encoder).requires_grad_(False)

    def forward(self, clips: Tensor, masks: list[Mask], progress: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """`clips` uint8 (B, T, H, W, 3) -> the loss, and every term as 'raw/…' and 'weighted/…', detached."""
        tubes = tubelets(normalise(clips), self.config.model.tubelet, self.config.model.patch)
        with torch.no_grad():
            levels = self.config.target.levels
            tokens = self.teacher(tubes) if levels == 1 else self.teacher.levels(tubes, levels)
            targets = make_targets(tokens.float(), self.config.target, self.config.grid)
        log: dict[str, Tensor] = {}
        loss = progress.new_zeros(())
        share = 1 / len(masks)
        for mask, (context, at_visible, at_predicted) in zip(masks, self.encode_and_predict(tubes, masks), strict=True):
            raw, weighted = self.objectives(
                LatentBatch(
                    context=context.float(),
                    predictions=at_predicted.float(),
                    context_predictions=at_visible.float(),
                    targets=targets,
                    visible=mask.visible,
                    predicted=mask.predicted,
                    grid=self.config.grid,
                    clips=clips,
                    progress=progress,
                )
            )
            for kind, terms in (("raw", raw), ("weighted", weighted)):
                for term, value in terms.items():
                    name = f"{kind}/{term}"
                    log[name] = log.get(name, 0.0) + share * value.detach()
            loss = loss + share * torch.stack(list(weighted.values())).sum()
        return loss, log

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
        """teacher ← momentum · teacher + (1 − momentum) · encoder, one fused call over all tensors."""
        torch._foreach_lerp_(list(self.teacher.parameters()), list(self.encoder.parameters()), 1 - momentum)
