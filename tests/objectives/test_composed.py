"""The set of objectives: coefficients, schedules, weighting, and settings that are refused."""

import pytest
import torch
from torch import nn

from tests.objectives.conftest import WIDTH
from workbench.config import ObjectiveSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.objectives import OBJECTIVES, Objective, ObjectiveSet


def make(**settings):
    torch.manual_seed(0)
    return ObjectiveSet(ObjectiveSettings(**settings), WIDTH)


def test_the_coefficient_of_the_context_loss_rises_from_half_of_training():
    values = [float(make().coefficient("context", torch.tensor(p))) for p in (0.0, 0.5, 0.75, 1.0)]
    assert values == pytest.approx([0, 0, 0.25, 0.5])


def test_a_cosine_schedule_falls_from_the_weight_to_nothing():
    objectives = make(settings={"kinematic": {}}, weights={"kinematic": 0.1}, schedules={"kinematic": "cosine"})
    values = [float(objectives.coefficient("kinematic", torch.tensor(p))) for p in (0.0, 0.5, 1.0)]
    assert values == pytest.approx([0.1, 0.05, 0.0], abs=1e-7)


def test_weighted_terms_are_the_raw_ones_times_their_coefficients(batch):
    objectives = make(settings={"hw": {}, "ld": {}}, weights={"hw": 0.3}, hard={"hw": 1.0})
    terms = objectives(batch)
    assert set(terms.raw) == set(terms.weighted) == {"predict", "context", "hw", "ld"} and set(terms.effective) == {
        "hw"
    }
    assert torch.allclose(terms.weighted["hw"], 0.3 * terms.raw["hw"])
    assert not torch.allclose(terms.raw["hw"], terms.raw["predict"])


def test_without_weighting_hw_repeats_the_prediction_loss(batch):
    terms = make(settings={"hw": {}})(batch)
    assert torch.equal(terms.raw["hw"], terms.raw["predict"])


def test_a_term_without_gradient_keeps_its_value_and_trains_nothing(batch):
    settings = {"settings": {"ld": {}}, "hard": {"ld": 1.0}}
    free, held = make(**settings)(batch), make(**settings, no_gradient=("ld",))(batch)
    assert torch.equal(free.raw["ld"], held.raw["ld"]) and free.raw["ld"].requires_grad
    assert not held.weighted["ld"].requires_grad and held.weighted["predict"].requires_grad


@pytest.mark.parametrize(
    "section", [{"weights": {"delta": 1.0}}, {"hard": {"delta": 1.0}}, {"no_gradient": ("delta",)}]
)
def test_a_setting_of_no_term_lists_the_terms(section):
    with pytest.raises(UnknownName, match=r"loss term 'delta'.*context, predict"):
        make(**section)


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_senseless_weight_is_refused(weight):
    with pytest.raises(WorkbenchError, match="weight of 'predict'"):
        make(weights={"predict": weight})


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_senseless_temperature_is_refused(temperature):
    with pytest.raises(WorkbenchError, match="temperature of 'predict'"):
        make(hard={"predict": temperature})


def test_an_unknown_schedule_lists_the_known():
    with pytest.raises(UnknownName, match=r"'linear'.*constant, cosine, second_half"):
        make(schedules={"predict": "linear"})


def test_an_unknown_objective_lists_the_known():
    with pytest.raises(UnknownName, match=r"objective 'delt'.*delta"):
        make(settings={"delt": {}})


def test_an_unknown_setting_of_an_objective_is_refused():
    with pytest.raises(WorkbenchError, match=r"'ld' does not take.*hiden"):
        make(settings={"ld": {"hiden": 3}})


def test_tokens_of_a_scalar_term_cannot_be_weighted():
    with pytest.raises(WorkbenchError, match=r"'sigreg' is no token-wise term"):
        make(settings={"sigreg": {"slices": 4}}, hard={"sigreg": 1.0}).check((4, 3, 3))


def test_an_objective_must_return_what_it_names(monkeypatch):
    class Other(Objective):
        terms = ("mine",)

        def forward(self, batch):
            return {"yours": batch.context.mean()}

    monkeypatch.setitem(OBJECTIVES._entries, "other", Other)
    with pytest.raises(WorkbenchError, match=r"names the terms \('mine',\) and returns \('yours',\)"):
        make(settings={"other": {}}).check((4, 3, 3))


def test_trying_the_objectives_leaves_the_random_state_alone():
    objectives = make(settings={"sigreg": {"slices": 4}})
    state = torch.get_rng_state()
    objectives.check((4, 3, 3))
    assert torch.equal(state, torch.get_rng_state())


def test_two_objectives_with_one_term_or_one_head_are_refused(monkeypatch):
    shared = nn.Linear(WIDTH, 1)

    class First(Objective):
        terms = ("first",)

        def __init__(self, width):
            super().__init__(width)
            self.head = shared

    class Second(First):
        terms = ("second",)

    class Again(Objective):
        terms = ("first",)

    for name, kind in (("a", First), ("b", Second), ("c", Again)):
        monkeypatch.setitem(OBJECTIVES._entries, name, kind)
    with pytest.raises(WorkbenchError, match="own the same head"):
        make(settings={"a": {}, "b": {}})
    with pytest.raises(WorkbenchError, match="have a term named 'first'"):
        make(settings={"a": {}, "c": {}})
