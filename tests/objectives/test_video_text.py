"""Facts about the terms that tie clips to captions."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from tests.objectives.conftest import CLIPS, TEXT_WIDTH, WIDTH, changed, make_batch
from workbench.config import ObjectiveSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.objectives import OBJECTIVES, ObjectiveSet
from workbench.text.batch import CaptionBatch

TERMS = ("infonce", "negclip", "siglip", "vicreg_vt")
CONTRASTIVE = TERMS[:3]


def aligned(objective, clips=6):
    """A batch whose clips and captions are the same orthogonal vectors in the common space."""
    batch = make_batch(clips=clips)
    with torch.no_grad():
        objective.video.weight.copy_(torch.eye(*objective.video.weight.shape))
        objective.text.weight.copy_(torch.eye(*objective.text.weight.shape))
    rows = torch.eye(clips, WIDTH)
    text = CaptionBatch(torch.eye(clips, TEXT_WIDTH), torch.eye(clips, dtype=torch.bool))
    return changed(batch, context=rows[:, None].expand(-1, 18, -1), text=text)


def test_the_contrastive_loss_has_its_known_value_for_aligned_and_for_equal_embeddings():
    """Cosines of 1 on the diagonal and 0 elsewhere: log(1 + (N − 1)·e^−s). All alike: log N, whatever the scale."""
    objective = OBJECTIVES["infonce"](WIDTH)
    batch = aligned(objective)
    assert objective.scale.item() == pytest.approx(math.log(1 / 0.07))
    assert objective(batch)["infonce"].item() == pytest.approx(math.log(1 + 5 * math.exp(-1 / 0.07)), abs=1e-6)
    alike = dataclasses.replace(batch.text, embeddings=torch.ones(6, TEXT_WIDTH))
    assert objective(changed(batch, text=alike))["infonce"].item() == pytest.approx(math.log(6))


def test_the_scale_is_clamped():
    objective = OBJECTIVES["infonce"](WIDTH)
    batch = make_batch()
    with torch.no_grad():
        objective.scale.fill_(math.log(100))
        most = objective(batch)["infonce"]
        objective.scale.fill_(9.0)
    assert objective(batch)["infonce"] == most


@pytest.mark.parametrize("name", CONTRASTIVE)
def test_a_true_pair_of_other_clips_is_no_negative(name):
    """What a caption says of a clip that it happens to describe has no gradient; the same pair, were it false, has one."""
    torch.manual_seed(0)
    objective = OBJECTIVES[name](WIDTH)
    batch = make_batch(clips=2)
    for true in (True, False):
        matches = torch.eye(2, dtype=torch.bool).repeat_interleave(2, 1)
        matches[0, 2] = matches[0, 3] = matches[1, 0] = matches[1, 1] = true
        text = dataclasses.replace(batch.text, matches=matches, wrong_there=torch.zeros(4, dtype=torch.bool))
        leaf = batch.context.detach().requires_grad_()
        value = objective(changed(batch, context=leaf, text=text))[name]
        (gradient,) = torch.autograd.grad(value, leaf, allow_unused=True)
        if name != "siglip":  # without any negative, nothing can be chosen wrongly
            assert (value.item() == pytest.approx(0, abs=1e-6)) == true
            assert (gradient.abs().max().item() < 1e-7) == true
        else:
            cosines = (
                objective.scale.exp()
                * torch.nn.functional.normalize(objective.project_clips(leaf))
                @ (torch.nn.functional.normalize(objective.project_texts(text.embeddings)).T)
            )
            logits = (cosines + objective.bias)[[0, 0, 1, 1], [0, 1, 2, 3]]
            own = torch.nn.functional.softplus(-logits).mean()
            assert (value.item() == pytest.approx(own.item(), abs=1e-6)) == true


def test_hard_negatives_are_what_negclip_adds_to_infonce():
    torch.manual_seed(0)
    negclip, infonce = OBJECTIVES["negclip"](WIDTH), OBJECTIVES["infonce"](WIDTH)
    infonce.load_state_dict(negclip.state_dict())
    batch = make_batch()
    none = dataclasses.replace(batch.text, wrong_there=torch.zeros(2 * CLIPS, dtype=torch.bool))
    assert torch.equal(negclip(changed(batch, text=none))["negclip"], infonce(batch)["infonce"])
    assert negclip(batch)["negclip"] > infonce(batch)["infonce"]


@pytest.mark.parametrize(("clips", "bias"), [(2, 0.0), (64, -math.log(63)), (100_000, -10.0)])
def test_the_bias_of_siglip_starts_where_pairs_are_as_likely_as_they_are_frequent(clips, bias):
    assert OBJECTIVES["siglip"](WIDTH, clips=clips).bias.item() == pytest.approx(bias)


@pytest.mark.parametrize("name", TERMS)
@pytest.mark.parametrize(("block", "hidden"), [("appearance", slice(6, None)), ("dynamics", slice(0, 6))])
@pytest.mark.parametrize("pool", ["mean", "attentive"])
def test_a_block_is_read_and_the_other_is_not(name, block, hidden, pool):
    torch.manual_seed(0)
    objective = OBJECTIVES[name](WIDTH, block=block, pool=pool)
    batch = make_batch()
    value = objective(batch)[name]
    (gradient,) = torch.autograd.grad(value, batch.context)
    assert gradient[..., hidden].abs().max() == 0 and gradient.abs().max() > 0


def test_attention_over_equal_tokens_is_their_mean():
    objective = OBJECTIVES["infonce"](WIDTH, pool="attentive")
    row = torch.randn(3, 1, WIDTH)
    assert torch.allclose(objective.project_clips(row.expand(-1, 7, -1)), objective.video(row[:, 0]), atol=1e-6)


def test_bad_settings_are_refused():
    with pytest.raises(UnknownName, match=r"pool of a video–text term 'max'.*attentive, mean"):
        OBJECTIVES["infonce"](WIDTH, pool="max")
    with pytest.raises(UnknownName, match=r"block of a video–text term 'motion'.*appearance, both, dynamics"):
        OBJECTIVES["infonce"](WIDTH, block="motion")
    with pytest.raises(WorkbenchError, match="leaves an empty block"):
        OBJECTIVES["infonce"](WIDTH, block="dynamics", app_ratio=0.0)
    with pytest.raises(WorkbenchError, match=r"'siglip' ties clips to captions.*--set text.tower=compact"):
        ObjectiveSet(ObjectiveSettings(settings={"siglip": {}}), WIDTH)
    with pytest.raises(WorkbenchError, match="This run has no captions"):
        OBJECTIVES["siglip"](WIDTH)(changed(make_batch(), text=None))
