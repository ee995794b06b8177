"""What every registered objective must do, whatever it is."""

import pytest
import torch

from tests.objectives.conftest import CLIPS, GRID, WIDTH, changed, doubled, make_batch, reordered
from workbench.objectives import OBJECTIVES, TokenErrors

NAMES = list(OBJECTIVES)
LATENTS = ("context", "predictions", "context_predictions")


def build(name):
    torch.manual_seed(1)
    return OBJECTIVES[name](WIDTH)


def scalars(objective, batch):
    """Unweighted terms as scalars; random directions are the same in every call."""
    torch.manual_seed(2)
    return {term: v.mean() if isinstance(v, TokenErrors) else v for term, v in objective(batch).items()}


@pytest.mark.parametrize("name", NAMES)
def test_terms_are_finite_scalars_under_their_declared_names(name, batch):
    terms = scalars(build(name), batch)
    assert tuple(terms) == OBJECTIVES[name].terms
    assert all(value.shape == () and torch.isfinite(value) for value in terms.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_term_and_every_head_has_gradient(name, batch):
    objective = build(name)
    for term in objective.terms:
        sources = [batch.context, batch.predictions, batch.context_predictions, *objective.parameters()]
        gradients = torch.autograd.grad(scalars(objective, batch)[term], sources, allow_unused=True)
        reached = [gradient for gradient in gradients[:3] if gradient is not None and gradient.abs().sum() > 0]
        assert reached, f"{term} has no gradient at the encoder or the predictor"
        assert all(g is not None and g.abs().sum() > 0 for g in gradients[3:]), f"{term} leaves a head without gradient"


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_clips_does_not_matter(name, batch):
    order = torch.randperm(len(batch.targets))
    tensors = {field: getattr(batch, field)[order] for field in (*LATENTS, "visible", "predicted", "targets")}
    text = reordered(batch.text, order)
    shuffled = changed(batch, **tensors, clips=batch.clip.clips[order], text=text)
    objective = build(name)
    for a, b in zip(scalars(objective, batch).values(), scalars(objective, shuffled).values(), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("base", "hw")])
def test_what_the_context_did_not_see_has_no_effect(name, batch):
    """Dense grids are zero where nothing is visible; whatever stands there must not change a term."""
    objective = build(name)
    grid = batch.context_grid + torch.where(batch.visible_grid[..., None], 0.0, 7.0)
    other = changed(batch)
    other.__dict__["context_grid"] = grid  # what a cached property computes
    for a, b in zip(scalars(objective, batch).values(), scalars(objective, other).values(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("base", "spectral")])
def test_one_time_step_gives_finite_terms(name):
    assert all(torch.isfinite(v) for v in scalars(build(name), make_batch(grid=(1, 3, 3))).values())


@pytest.mark.parametrize("name", [name for name in NAMES if name != "base"])
def test_no_visible_pair_gives_finite_terms_and_gradients(name, batch):
    places = torch.arange(9).expand(CLIPS, -1) + 9 * torch.tensor([0, 1, 2, 3, 0])[:, None]  # one time step a clip
    alone = changed(batch, visible=places, context=torch.randn(CLIPS, 9, WIDTH, requires_grad=True))
    assert not alone.visible_pairs.any()
    terms = scalars(build(name), alone)
    assert all(torch.isfinite(value) for value in terms.values())
    sources = [alone.context, alone.predictions]
    for value in terms.values():
        if value.requires_grad:
            found = torch.autograd.grad(value, sources, allow_unused=True, retain_graph=True)
            assert all(torch.isfinite(gradient).all() for gradient in found if gradient is not None)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_against_the_gradient_lowers_the_term(name, batch):
    objective = build(name).double()
    doubles = {f: getattr(batch, f).detach().double().requires_grad_() for f in LATENTS}
    batch = changed(batch, targets=batch.targets.double(), text=doubled(batch.text), **doubles)
    sources = [*doubles.values(), *objective.parameters()]
    for term in objective.terms:
        before = scalars(objective, batch)[term]
        gradients = torch.autograd.grad(before, sources, allow_unused=True)
        size = sum(float(g.square().sum()) for g in gradients if g is not None) ** 0.5
        # A small step of a fixed length, so that terms of every scale are tested alike.
        step = [0 if g is None else 1e-5 / size * g for g in gradients]
        moved = {f: source - s for (f, source), s in zip(doubles.items(), step, strict=False)}
        with torch.no_grad():
            for parameter, s in zip(objective.parameters(), step[3:], strict=True):
                parameter -= s
            assert scalars(objective, changed(batch, **moved))[term] < before
            for parameter, s in zip(objective.parameters(), step[3:], strict=True):
                parameter += s


def test_dense_grids_hold_the_tokens_where_they_were_seen(batch):
    dense = batch.context_grid.flatten(1, 3)
    for clip in range(CLIPS):
        assert torch.equal(dense[clip, batch.visible[clip]], batch.context[clip])
    assert torch.equal(dense[~batch.visible_grid.flatten(1)], torch.zeros(CLIPS * 18, WIDTH))
    assert batch.visible_pairs.shape == (CLIPS, GRID[0] - 1, 3, 3)
