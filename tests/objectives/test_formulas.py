"""Each objective against a slow, literal reading of its formula, and facts about single ones."""

import pytest
import torch
import torch.nn.functional as F

from tests.objectives import literal
from tests.objectives.conftest import CLIPS, WIDTH, changed, doubled, make_batch
from workbench.errors import WorkbenchError
from workbench.objectives import OBJECTIVES, TokenErrors
from workbench.objectives.gaussian import epps_pulley


def whole_places(batch):
    """As the batch, with two places of every clip visible at all times, so that spectra are compared somewhere."""
    places = torch.tensor([place + 9 * t for place in (1, 5) for t in range(4)]).sort().values
    rest = torch.tensor([n for n in range(36) if n not in places.tolist()])
    visible = torch.cat([places, rest[:10]]).sort().values.expand(CLIPS, -1)
    predicted = rest[10:].expand(CLIPS, -1)
    return changed(batch, visible=visible, predicted=predicted)


def mean(value):
    return value.mean() if isinstance(value, TokenErrors) else value


def test_every_term_has_a_literal_reading():
    assert set(literal.FORMULAS) == {(name, term) for name, kind in OBJECTIVES.items() for term in kind.terms}


@pytest.mark.parametrize(("name", "term"), literal.FORMULAS)
def test_formula(name, term, batch):
    torch.manual_seed(1)
    objective = OBJECTIVES[name](WIDTH).double()
    latents = {
        f: getattr(batch, f).detach().double().requires_grad_()
        for f in ("context", "predictions", "context_predictions")
    }
    batch = changed(whole_places(batch), targets=batch.targets.double(), text=doubled(batch.text), **latents)
    torch.manual_seed(0)
    value = mean(objective(batch)[term])
    expected = literal.FORMULAS[name, term](batch, objective)
    assert torch.allclose(value, expected.to(value.dtype), rtol=1e-6)
    sources = [*latents.values(), *objective.parameters()]
    for a, b in zip(
        torch.autograd.grad(value, sources, allow_unused=True, retain_graph=True),
        torch.autograd.grad(expected, sources, allow_unused=True),
        strict=True,
    ):
        assert (a is None or a.abs().max() == 0) if b is None else torch.allclose(a, b, atol=1e-9)


@pytest.mark.parametrize("temperature", [1.0, 0.1])
def test_hard_region_weights(batch, temperature):
    terms = OBJECTIVES["hw"](WIDTH)(batch)
    value, effective = terms["hw"].hard_mean(temperature)
    errors = literal.prediction_errors(batch)
    assert torch.allclose(value, literal.hard(errors, temperature))
    weights = [torch.softmax(e.detach() / temperature, 0) for e in errors]
    assert torch.allclose(effective, torch.stack([(-(w * w.log()).sum()).exp() / len(w) for w in weights]).mean())
    given = torch.autograd.grad(value, batch.predictions, retain_graph=True)[0]
    assert torch.allclose(given, torch.autograd.grad(literal.hard(errors, temperature), batch.predictions)[0])


def test_hard_region_weights_over_visible_pairs(batch):
    torch.manual_seed(1)
    objective = OBJECTIVES["ld"](WIDTH)
    value, _ = objective(batch)["ld"].hard_mean(1.0)
    assert torch.allclose(value, literal.hard(literal.by_clip(batch, literal.ld_error(batch, objective))), atol=1e-6)


def test_equal_errors_are_weighted_equally_and_one_large_error_takes_all():
    equal = TokenErrors(torch.full((2, 8), 0.3))
    value, effective = equal.hard_mean(1.0)
    assert torch.allclose(value, torch.tensor(0.3)) and torch.allclose(effective, torch.tensor(1.0))
    errors = torch.zeros(2, 8)
    errors[:, 0] = 100.0
    value, effective = TokenErrors(errors).hard_mean(1.0)
    assert torch.allclose(value, torch.tensor(100.0)) and torch.allclose(effective, torch.tensor(1 / 8))


def test_a_clip_without_pairs_counts_nothing():
    errors, where = torch.rand(3, 4), torch.tensor([[True] * 4, [False] * 4, [True, False, False, False]])
    value, effective = TokenErrors(errors, where).hard_mean(0.5)
    alone, alone_effective = TokenErrors(errors[[0, 2]], where[[0, 2]]).hard_mean(0.5)
    assert torch.allclose(value, alone) and torch.allclose(effective, alone_effective)


@pytest.mark.parametrize("name", ["ld", "ac"])
def test_a_head_of_the_dynamics_block_ignores_the_appearance_block(name):
    objective = OBJECTIVES[name](WIDTH, app_ratio=0.5)
    batch = make_batch()
    gradient = torch.autograd.grad(objective(batch)[name].mean(), batch.context)[0]
    assert gradient[..., :6].abs().sum() == 0 and gradient[..., 6:].abs().sum() > 0


def test_the_orthogonality_term_is_zero_for_uncorrelated_blocks():
    context = torch.zeros(1, 18, WIDTH)
    context[0, ::2, 0] = 1.0  # one channel of each block moves, and neither tells of the other
    context[0, [0, 1, 4, 5, 8, 9, 12, 13], 6] = 1.0
    context[0, 16:] = context[0, :16].mean(0)
    batch = make_batch(clips=1, context=context)
    assert OBJECTIVES["fwm"](WIDTH)(batch)["fwm_orth"] < 1e-12


@pytest.mark.parametrize(
    ("settings", "length", "error"),
    [
        ({"order": 2}, 3, lambda a, b, c: (c - 2 * b + a).abs()),
        ({"order": 2, "share": 0.5}, 3, lambda a, b, c: (c - 2 * b + a)[:6].abs()),
        ({"huber": 0.1}, 2, lambda a, b: F.huber_loss(a, b, "none", 0.1)),
    ],
)
def test_kinematic_variants(batch, settings, length, error):
    value = OBJECTIVES["kinematic"](WIDTH, **settings)(batch)["kinematic"].mean()
    errors = literal.by_clip(
        batch, lambda c, t, y, x: error(*(literal.z(batch, c, t + k, y, x) for k in range(length))).mean(), length
    )
    assert torch.allclose(value, torch.cat(errors).mean(), atol=1e-6)


def test_kinematic_of_the_teacher_is_over_all_tokens_and_trains_nothing(batch):
    value = OBJECTIVES["kinematic"](WIDTH, of="teacher")(batch)["kinematic"].mean()
    assert torch.allclose(value, (batch.target_grid[:, 1:] - batch.target_grid[:, :-1]).abs().mean())
    assert not value.requires_grad


def test_kinematic_terms_vanish_for_still_and_for_evenly_moving_latents():
    step = torch.randn(1, 1, 3, 3, WIDTH)
    moving = (torch.arange(4)[:, None, None, None] * step).flatten(1, 3)
    everywhere = torch.arange(36).expand(1, -1)
    batch = make_batch(clips=1, context=moving, visible=everywhere)
    assert OBJECTIVES["kinematic"](WIDTH, order=2)(batch)["kinematic"].mean() < 1e-6
    assert OBJECTIVES["kinematic"](WIDTH, order=1)(batch)["kinematic"].mean() > 0.1


@pytest.mark.parametrize("samples", [100, 1000, 10000])
def test_the_statistic_of_a_gaussian_is_about_one_at_any_size(samples):
    value = epps_pulley(torch.randn(samples, 256)).mean()
    assert 0.9 < value < 1.2  # 1.05 is its expectation over [−3, 3]


def test_the_statistic_grows_with_the_number_of_collapsed_samples():
    small, large = epps_pulley(torch.zeros(100, 8)).mean(), epps_pulley(torch.zeros(400, 8)).mean()
    assert small >= 0.4 * 100 and torch.allclose(large, 4 * small)


def test_a_hamiltonian_step_keeps_its_energy_to_second_order():
    """Symplectic Euler of an energy that does not depend on its state's other half is a rotation; the error falls as dt²."""
    torch.manual_seed(0)
    objective = OBJECTIVES["hamiltonian"](WIDTH, dt=0.1)
    state = torch.randn(50, WIDTH)
    automatic = torch.autograd.grad(objective.energy(state.requires_grad_()).sum(), state)[0]
    assert torch.allclose(objective.energy.gradient(state), automatic, atol=1e-6)

    def drift(dt):
        q, p = state.detach().chunk(2, -1)
        p = p - dt * objective.energy.gradient(torch.cat([q, p], -1))[..., :6]
        q = q + dt * objective.energy.gradient(torch.cat([q, p], -1))[..., 6:]
        return (objective.energy(torch.cat([q, p], -1)) - objective.energy(state.detach())).abs().mean()

    assert 3 < drift(0.2) / drift(0.1) < 5


@pytest.mark.parametrize(
    ("name", "settings"), [("fwm", {"app_ratio": r}) for r in (0.01, 1.0, -0.2)] + [("kinematic", {"share": 0.0})]
)
def test_an_empty_block_is_refused(name, settings):
    with pytest.raises(WorkbenchError, match="empty block"):
        OBJECTIVES[name](WIDTH, **settings)


def test_a_spectrum_of_three_steps_is_refused():
    with pytest.raises(WorkbenchError, match="at least 4 time steps"):
        OBJECTIVES["spectral"](WIDTH).check((3, 2, 2))


def test_odd_halves_are_refused():
    with pytest.raises(WorkbenchError, match="15 channels are odd"):
        OBJECTIVES["hamiltonian"](15)
