"""Encoders of runs and drawn ones: names, blocks, layers, and the weights that a run starts from."""

from __future__ import annotations

import pytest
import torch

from tests.encoders.test_hub import pixels
from tests.made_up import make_run
from workbench.encoders import open_encoder, usual_config
from workbench.encoders.of_run import RandomEncoder, objective_blocks
from workbench.errors import UnknownName, WorkbenchError
from workbench.models.jepa import Jepa
from workbench.presets import build_config
from workbench.runs import Run


def untouched(variant: str, seed: int = 0, **words) -> Run:
    """A run with the weights that it starts from; its teacher is moved a little."""
    run = make_run(variant, seed, **words)
    model = Jepa(run.config)
    if model.teacher is not None:
        for parameter in model.teacher.parameters():
            parameter.data += 0.01
    run.save_weights(model)
    return run


def test_a_run_is_opened_at_the_encoder_that_is_asked_for():
    run = untouched("baseline")
    assert run.config.probe.encoder == "context"
    context, same, teacher = (open_encoder(run.name + end) for end in ("", "@context", "@teacher"))
    assert (context.name, same.name, teacher.name) == (run.name, run.name, f"{run.name}@teacher")
    assert context.key == same.key == run.weights_key("context") and teacher.key == run.weights_key("teacher")
    clips = pixels(8, 16)
    assert torch.equal(context.tokens(clips), same.tokens(clips))
    assert not torch.allclose(context.tokens(clips), teacher.tokens(clips))
    with pytest.raises(UnknownName, match=r"Unknown encoder of a run 'techer'. Did you mean 'teacher'"):
        open_encoder(f"{run.name}@techer")
    with pytest.raises(WorkbenchError, match="has settings of its own"):
        open_encoder(run.name, preset="quick")


@pytest.mark.parametrize(
    ("variant", "blocks"),
    [
        ("baseline", {}),
        ("random", {}),
        ("ld", {}),
        ("kinematic", {}),
        ("hamiltonian", {}),
        *((name, {"appearance": slice(0, 12), "dynamics": slice(12, 24)}) for name in ("fwm", "fwm_hw_ld", "fac", "kinematic_split")),
    ],
)  # fmt: skip
def test_blocks_are_those_that_the_objectives_divide(variant: str, blocks: dict[str, slice]):
    assert objective_blocks(build_config(variant, "smoke")) == blocks


def test_blocks_are_shares_of_all_levels_side_by_side():
    """As in training: half of four levels is the first two."""
    config = build_config("fwm", "smoke", changes={"model": {"levels": 2}})
    encoder = RandomEncoder(config)
    assert encoder.width == 48 and encoder.blocks == {"appearance": slice(0, 24), "dynamics": slice(24, 48)}
    changed = build_config("fwm", "smoke", changes={"objective": {"settings": {"fwm": {"app_ratio": 0.25}}}})
    assert objective_blocks(changed)["appearance"] == slice(0, 6)
    both = {"objective": {"settings": {"ld": {"hidden": 8, "app_ratio": 0.25}}}}
    with pytest.raises(WorkbenchError, match="divide the channels differently"):
        objective_blocks(build_config("fwm_ld", "smoke", changes=both))


def test_finding_the_blocks_draws_no_random_number():
    torch.manual_seed(0)
    want = torch.rand(3)
    torch.manual_seed(0)
    objective_blocks(build_config("fwm_hw_ld", "smoke"))
    assert torch.equal(torch.rand(3), want)


def test_the_random_encoder_is_the_run_of_that_name_with_or_without_it():
    without, clips = open_encoder("random-smoke-s1"), pixels(8, 16)
    untouched("random", 1)
    of_run = open_encoder("random-smoke-s1")
    assert without.is_random and of_run.is_random and without.name == of_run.name
    assert torch.equal(without.tokens(clips), of_run.tokens(clips))
    assert open_encoder("random").config == usual_config() == build_config("random", "quick")
    assert open_encoder("random", preset="smoke").name == "random-smoke-s0"


def test_the_untrained_encoder_of_a_run_is_where_a_run_of_that_seed_starts():
    encoder, clips = open_encoder(untouched("fwm", 0).name + "@teacher"), pixels(8, 16)
    null = encoder.untrained(2)
    assert null.is_random and null.blocks == encoder.blocks and null.grid == encoder.grid
    assert torch.equal(null.tokens(clips), open_encoder("random-smoke-s2").tokens(clips))
    assert null.key != encoder.untrained(3).key


def test_layers_end_in_the_tokens():
    encoder, clips = open_encoder(untouched("baseline").name), pixels(8, 16)
    layers = encoder.layer_tokens(clips)
    assert len(layers) == encoder.depth == 2 and layers[0].shape == (3, 64, 24)
    with torch.no_grad():
        torch.testing.assert_close(encoder.module.norms[0](layers[-1]), encoder.tokens(clips))  # type: ignore[attr-defined]


def test_an_own_objective_that_is_not_here_any_more_leaves_the_run_readable():
    config = build_config("baseline", "smoke", changes={"objective": {"settings": {"steady": {}}}})
    assert objective_blocks(config) == {}
