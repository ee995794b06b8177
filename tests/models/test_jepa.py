import pytest
import torch
import torch.nn.functional as F

from workbench.config import TargetSettings
from workbench.masking import Mask, draw_masks
from workbench.models.jepa import Jepa, build_encoder, make_targets, same_counts
from workbench.presets import build_config


@pytest.fixture
def config():
    return build_config("baseline", "smoke")


def batch_of(config, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shape = (6, config.data.frames, config.data.size, config.data.size, 3)
    clips = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
    return clips, draw_masks(config.masks, 6, config.grid, seed, 0, clips=clips)


def test_hidden_tokens_cannot_reach_the_context(config):
    model = Jepa(config)
    _, (mask, *_) = batch_of(config)
    tubes = torch.randn(6, 64, 96)
    changed = tubes.clone()
    changed.scatter_add_(1, mask.predicted[..., None].expand(-1, -1, 96), torch.randn(6, mask.predicted.shape[1], 96))
    assert torch.equal(model.encoder(tubes, mask.visible), model.encoder(changed, mask.visible))


def test_encoding_all_tokens_by_index_equals_encoding_without_a_mask(config):
    encoder = Jepa(config).encoder
    tubes = torch.randn(2, 64, 96)
    everything = torch.arange(64).expand(2, -1)
    assert torch.allclose(encoder(tubes), encoder(tubes, everything), atol=1e-5)


def test_gradients_reach_encoder_and_predictor_and_never_the_teacher(config):
    model = Jepa(config)
    clips, masks = batch_of(config)
    loss, _ = model(clips, masks, torch.tensor(1.0))
    loss.backward()
    for part in (model.encoder, model.predictor):
        for name, parameter in part.named_parameters():
            assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
    assert all(parameter.grad is None for parameter in model.teacher.parameters())


def test_masks_of_equal_and_of_other_counts_give_what_each_gives_alone(config):
    model = Jepa(config)
    first, second = (batch_of(config, seed)[1][0] for seed in (0, 1))
    other = Mask(first.visible[:, :-3], first.predicted[:, 2:])
    masks = [first, other, second]
    assert same_counts(masks) == [[0, 2], [1]]
    tubes = torch.randn(6, 64, 96)
    for mask, found in zip(masks, model.encode_and_predict(tubes, masks), strict=True):
        context = model.encoder(tubes, mask.visible)
        alone = (context, *model.predictor(context, mask.visible, mask.predicted))
        assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(found, alone, strict=True))


def test_teacher_moves_by_the_stated_average(config):
    model = Jepa(config)
    with torch.no_grad():
        model.encoder.embed.weight.add_(1.0)
    before, target = model.teacher.embed.weight.clone(), model.encoder.embed.weight
    model.update_teacher(0.9)
    assert torch.allclose(model.teacher.embed.weight, 0.9 * before + 0.1 * target)


def test_variants_of_a_seed_start_from_the_same_weights():
    models = [Jepa(build_config(variant, "smoke", seed=3)) for variant in ("random", "baseline", "ld", "fwm")]
    for model in models[1:]:
        assert all(
            torch.equal(a, b) for a, b in zip(models[0].encoder.parameters(), model.encoder.parameters(), strict=True)
        )
        assert all(
            torch.equal(a, b)
            for a, b in zip(models[0].predictor.parameters(), model.predictor.parameters(), strict=True)
        )
    other = Jepa(build_config("baseline", "smoke", seed=4))
    assert not torch.equal(models[0].encoder.embed.weight, other.encoder.embed.weight)


def test_loss_is_the_sum_of_the_weighted_terms(config):
    clips, masks = batch_of(config)
    loss, log = Jepa(config)(clips, masks, torch.tensor(0.75))
    weighted = [value for name, value in log.items() if name.startswith("weighted/")]
    assert torch.allclose(loss, torch.stack(weighted).sum())
    assert torch.allclose(log["weighted/context"], 0.25 * log["raw/context"])


def test_targets_are_layer_normed_and_lose_the_stated_share_of_the_clip_mean():
    tokens = torch.randn(3, 10, 8) + 2
    plain = make_targets(tokens, TargetSettings(mean_removed=0.0))
    assert torch.allclose(plain, F.layer_norm(tokens, (8,)))
    part = make_targets(tokens, TargetSettings(mean_removed=0.7))
    assert torch.allclose(part.mean(1), 0.3 * plain.mean(1), atol=1e-6)
    assert torch.allclose(part[:, 1] - part[:, 0], plain[:, 1] - plain[:, 0], atol=1e-6)


def test_compiled_and_eager_steps_agree(config):
    torch._dynamo.reset()
    model = Jepa(config)
    clips, masks = batch_of(config)
    eager, _ = model(clips, masks, torch.tensor(0.5))
    graph = torch.compile(model, backend="aot_eager")  # traces forward and backward as on a GPU, without a C++ build
    compiled, _ = graph(clips, masks, torch.tensor(0.5))
    assert torch.allclose(eager, compiled, atol=1e-5)


def test_bf16_autocast_stays_close(config):
    model = Jepa(config)
    clips, masks = batch_of(config)
    exact, _ = model(clips, masks, torch.tensor(0.5))
    with torch.autocast("cpu", torch.bfloat16):
        rounded, _ = model(clips, masks, torch.tensor(0.5))
    assert abs(exact - rounded) / exact < 0.02


def test_the_latent_holds_evenly_spaced_levels_up_to_the_last(config):
    model = config.model.model_copy(update={"depth": 12, "levels": 4})
    encoder = build_encoder(config.model_copy(update={"model": model}))
    assert encoder.level_blocks == (2, 5, 8, 11)  # the study's
    tubes, outputs = torch.randn(2, 64, 96), []
    for block in encoder.blocks:
        block.register_forward_hook(lambda module, inputs, output: outputs.append(output))
    tokens = encoder(tubes)
    expected = [norm(outputs[depth]) for norm, depth in zip(encoder.norms, (2, 5, 8, 11), strict=True)]
    assert tokens.shape == (2, 64, encoder.latent_width) and torch.equal(tokens, torch.cat(expected, -1))


def test_targets_of_several_levels_are_normed_level_by_level():
    tokens = torch.randn(2, 5, 12)
    found = make_targets(tokens, TargetSettings(mean_removed=0.0), levels=3)
    assert torch.allclose(found[..., 4:8], F.layer_norm(tokens[..., 4:8], (4,)), atol=1e-6)


def test_a_model_of_several_levels_trains(config):
    config = config.model_copy(update={"model": config.model.model_copy(update={"levels": 2})})
    loss, _ = Jepa(config)(*batch_of(config), torch.tensor(1.0))
    loss.backward()
    assert torch.isfinite(loss)


def test_without_a_teacher_the_targets_are_the_encoders_own_and_carry_gradient():
    config = build_config("sigreg_no_ema", "smoke")
    model = Jepa(config)
    assert model.teacher is None
    tubes = torch.randn(2, 64, 96)
    targets = model.targets(tubes)
    assert targets.requires_grad
    assert torch.allclose(targets, make_targets(model.encoder(tubes), config.target))
    model.update_teacher(0.5)


def test_a_frozen_teacher_never_moves():
    model = Jepa(build_config("kinematic", "smoke", reading="as_published"))
    before = model.teacher.embed.weight.clone()
    with torch.no_grad():
        model.encoder.embed.weight.add_(1.0)
    model.update_teacher(0.5)
    assert torch.equal(model.teacher.embed.weight, before)
