"""Each objective against a slow, literal reading of its formula: loops over clips, steps and places."""

import math

import pytest
import torch

from tests.objectives.conftest import GRID, WIDTH, make_batch
from workbench.config import ObjectiveSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.objectives import OBJECTIVES, ObjectiveSet


def places():
    return [(t, y, x) for t in range(GRID[0]) for y in range(GRID[1]) for x in range(GRID[2])]


def seen_pairs(batch):
    """(clip, t, y, x) where a place is visible at t and t + 1."""
    where = places()
    for clip in range(len(batch.targets)):
        visible = {where[index] for index in batch.visible[clip].tolist()}
        for t, y, x in sorted(visible):
            if (t + 1, y, x) in visible:
                yield clip, t, y, x


def context_at(batch, clip, place):
    index = places().index(place)
    return batch.context[clip, batch.visible[clip].tolist().index(index)]


def target_at(batch, clip, place):
    return batch.targets[clip, places().index(place)]


def test_prediction_loss(batch):
    errors = [
        (batch.predictions[clip, j] - batch.targets[clip, index]).abs().mean()
        for clip in range(5)
        for j, index in enumerate(batch.predicted[clip].tolist())
    ]
    assert torch.allclose(OBJECTIVES["base"](WIDTH)(batch)["predict"], torch.stack(errors).mean(), atol=1e-6)


def test_context_loss_divides_by_the_root_of_the_distance(batch):
    where, errors = places(), []
    for clip in range(5):
        hidden = [where[index] for index in batch.predicted[clip].tolist()]
        for j, index in enumerate(batch.visible[clip].tolist()):
            nearest = min(math.dist(where[index], place) for place in hidden)
            error = (batch.context_predictions[clip, j] - batch.targets[clip, index]).abs().mean()
            errors.append(error / math.sqrt(nearest))
    assert torch.allclose(OBJECTIVES["base"](WIDTH)(batch)["context"], torch.stack(errors).mean(), atol=1e-5)


def test_latent_dynamics(batch):
    objective = OBJECTIVES["ld"](WIDTH)
    errors = []
    for clip, t, y, x in seen_pairs(batch):
        change = target_at(batch, clip, (t + 1, y, x)) - target_at(batch, clip, (t, y, x))
        errors.append((objective.head(context_at(batch, clip, (t, y, x))) - change).abs().mean())
    assert torch.allclose(objective(batch)["ld"], torch.stack(errors).mean(), atol=1e-5)


def test_latent_dynamics_of_the_dynamics_block_ignores_the_appearance_block():
    objective = OBJECTIVES["ld"](WIDTH, app_ratio=0.5)
    batch = make_batch()
    gradient = torch.autograd.grad(objective(batch)["ld"], batch.context)[0]
    assert gradient[..., :6].abs().sum() == 0 and gradient[..., 6:].abs().sum() > 0


def test_factorised_world_model(batch):
    terms = OBJECTIVES["fwm"](WIDTH)(batch)
    static = [
        (context_at(batch, clip, (t + 1, y, x)) - context_at(batch, clip, (t, y, x)))[:6].abs().mean()
        for clip, t, y, x in seen_pairs(batch)
    ]
    assert torch.allclose(terms["fwm_static"], torch.stack(static).mean(), atol=1e-6)
    tokens = batch.context.detach().flatten(0, 1)
    covariance = torch.cov(tokens.T, correction=0)[:6, 6:]
    assert torch.allclose(terms["fwm_orth"], covariance.square().mean(), atol=1e-5)


def test_the_orthogonality_term_is_zero_for_uncorrelated_blocks():
    batch = make_batch(clips=1)
    context = torch.zeros(1, 18, WIDTH)
    context[0, ::2, 0] = 1.0  # one channel of each block moves, and neither tells of the other
    context[0, [0, 1, 4, 5, 8, 9, 12, 13], 6] = 1.0
    context[0, 16:] = context[0, :16].mean(0)
    batch = make_batch(clips=1, context=context)
    assert OBJECTIVES["fwm"](WIDTH)(batch)["fwm_orth"] < 1e-12


def test_the_coefficient_of_the_context_loss_rises_from_half_of_training():
    objectives = ObjectiveSet(ObjectiveSettings(), WIDTH)
    values = [float(objectives.coefficient("context", torch.tensor(p))) for p in (0.0, 0.5, 0.75, 1.0)]
    assert values == pytest.approx([0, 0, 0.25, 0.5])


@pytest.mark.parametrize("ratio", [0.01, 1.0, -0.2])
def test_an_empty_block_is_refused(ratio):
    with pytest.raises(WorkbenchError, match="empty block"):
        OBJECTIVES["fwm"](WIDTH, app_ratio=ratio)


def test_a_weight_on_no_term_lists_the_terms():
    with pytest.raises(UnknownName, match=r"loss term 'delta'.*context, predict"):
        ObjectiveSet(ObjectiveSettings(weights={"delta": 1.0}), WIDTH)


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_senseless_weight_is_refused(weight):
    with pytest.raises(WorkbenchError, match="weight of 'predict'"):
        ObjectiveSet(ObjectiveSettings(weights={"predict": weight}), WIDTH)


def test_an_unknown_setting_of_an_objective_is_refused():
    with pytest.raises(WorkbenchError, match=r"'ld' does not take.*hiden"):
        ObjectiveSet(ObjectiveSettings(settings={"ld": {"hiden": 3}}), WIDTH)
