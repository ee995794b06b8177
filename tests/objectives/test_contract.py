"""What every registered objective must do, whatever it is."""

import dataclasses

import pytest
import torch

from tests.objectives.conftest import GRID, WIDTH, make_batch
from workbench.objectives import OBJECTIVES

NAMES = list(OBJECTIVES)


def build(name):
    torch.manual_seed(1)
    return OBJECTIVES[name](WIDTH)


@pytest.mark.parametrize("name", NAMES)
def test_terms_are_finite_scalars_under_their_declared_names(name, batch):
    terms = build(name)(batch)
    assert tuple(terms) == OBJECTIVES[name].terms
    assert all(value.shape == () and torch.isfinite(value) for value in terms.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_term_and_every_head_has_gradient_and_the_targets_have_none(name, batch):
    objective = build(name)
    batch = dataclasses.replace(batch, targets=batch.targets.clone().requires_grad_(False))
    for term in objective.terms:
        sources = [batch.context, batch.predictions, batch.context_predictions, *objective.parameters()]
        gradients = torch.autograd.grad(objective(batch)[term], sources, allow_unused=True)
        reached = [gradient for gradient in gradients[:3] if gradient is not None and gradient.abs().sum() > 0]
        assert reached, f"{term} has no gradient at the encoder or the predictor"
        assert all(g is not None and g.abs().sum() > 0 for g in gradients[3:]), f"{term} leaves a head without gradient"


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_clips_does_not_matter(name, batch):
    order = torch.randperm(len(batch.targets))
    tensors = ("context", "predictions", "context_predictions", "targets", "visible", "predicted", "clips")
    shuffled = dataclasses.replace(batch, **{field: getattr(batch, field)[order] for field in tensors})
    objective = build(name)
    for a, b in zip(objective(batch).values(), objective(shuffled).values(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "base"])
def test_one_time_step_gives_finite_terms(name):
    terms = build(name)(make_batch(grid=(1, 3, 3)))
    assert all(torch.isfinite(value) for value in terms.values())


@pytest.mark.parametrize("name", [name for name in NAMES if name != "base"])
def test_no_visible_pair_gives_finite_terms(name, batch):
    places = torch.arange(9).expand(5, -1) + 9 * torch.tensor([0, 1, 2, 3, 0])[:, None]  # one time step a clip
    alone = dataclasses.replace(batch, visible=places, context=torch.randn(5, 9, WIDTH, requires_grad=True))
    terms = build(name)(alone)
    assert not alone.visible_pairs.any()
    assert all(torch.isfinite(value) for value in terms.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_step_against_the_gradient_lowers_the_term(name, batch):
    objective = build(name).double()
    as_double = {
        f: getattr(batch, f).detach().double() for f in ("context", "predictions", "context_predictions", "targets")
    }
    batch = dataclasses.replace(batch, **as_double)
    sources = [getattr(batch, f).requires_grad_() for f in ("context", "predictions", "context_predictions")]
    for term in objective.terms:
        before = objective(dataclasses.replace(batch))[term]
        gradients = torch.autograd.grad(before, sources, allow_unused=True)
        moved = {
            field: source - 1e-4 * gradient if gradient is not None else source
            for field, source, gradient in zip(
                ("context", "predictions", "context_predictions"), sources, gradients, strict=True
            )
        }
        assert objective(dataclasses.replace(batch, **moved))[term] < before


def test_dense_grids_hold_the_tokens_where_they_were_seen(batch):
    dense = batch.context_grid.flatten(1, 3)
    for clip in range(5):
        assert torch.equal(dense[clip, batch.visible[clip]], batch.context[clip])
    assert torch.equal(dense[~batch.visible_grid.flatten(1)], torch.zeros(5 * 18, WIDTH))
    assert batch.visible_pairs.shape == (5, GRID[0] - 1, 3, 3)
