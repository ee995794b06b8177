"""V-JEPA 2's probe: the arithmetic of transformers' pooler, and heads that learn what each would alone."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import nn

from tests.probes.made import task_of
from workbench.probes.blocks import BlockHead, BlockHeads, fit_blocks, heads_of, read_blocks
from workbench.probes.grid import Setting, channel_statistics, train_heads

FEW = (Setting(1e-3, 0.01), Setting(3e-3, 0.8))


def test_heads_are_sixteen_or_the_largest_divisor() -> None:
    assert [heads_of(width) for width in (96, 768, 24, 36, 7, 1)] == [16, 16, 12, 12, 7, 1]


def test_the_pooler_is_transformers() -> None:
    from transformers import VJEPA2Config
    from transformers.models.vjepa2.modeling_vjepa2 import VJEPA2AttentivePooler

    width = 32
    ours = BlockHead(width, 5)
    for parameter in ours.parameters():  # no parameter at a value that hides it
        nn.init.normal_(parameter, std=0.3)
    theirs = VJEPA2AttentivePooler(
        VJEPA2Config(hidden_size=width, num_attention_heads=16, num_pooler_layers=3, mlp_ratio=4, layer_norm_eps=1e-5)
    )
    theirs.query_tokens.data = ours.pool.token.data
    for mine, layer in zip(ours.blocks, theirs.self_attention_layers, strict=True):
        _copy(layer.self_attn, "qkv", mine.qkv)
        layer.self_attn.out_proj = mine.projection
        layer.layer_norm1, layer.layer_norm2 = mine.norm1, mine.norm2
        layer.mlp.fc1, layer.mlp.fc2 = mine.mlp[0], mine.mlp[2]
    cross = theirs.cross_attention_layer
    cross.cross_attn.q_proj = ours.pool.query
    _copy(cross.cross_attn, "kv", ours.pool.key_value)
    cross.layer_norm1, cross.layer_norm2 = ours.pool.norm1, ours.pool.norm2
    cross.mlp.fc1, cross.mlp.fc2 = ours.pool.mlp[0], ours.pool.mlp[2]
    x = torch.randn(3, 7, width)
    torch.testing.assert_close(ours.pool(ours.blocks(x)), theirs(x), atol=1e-4, rtol=1e-4)


def _copy(attention: nn.Module, which: str, joint: nn.Linear) -> None:
    parts = zip(which, joint.weight.data.chunk(len(which)), joint.bias.data.chunk(len(which)), strict=True)
    for letter, weight, bias in parts:
        projection = getattr(attention, f"{letter}_proj")
        projection.weight.data, projection.bias.data = weight, bias


def test_every_factor_and_setting_learns_what_it_would_alone() -> None:
    tasks = task_of({"shape": 3, "way": 4}, n=40)
    standard = channel_statistics(tasks["way"].train)
    x = torch.randn(5, 8, 16)

    def trained(names: list[str], grid: tuple[Setting, ...]) -> dict[str, torch.Tensor]:
        some = {name: tasks[name] for name in names}
        heads = BlockHeads.start(some, len(grid))
        train_heads(some, some[names[0]], heads, grid, 2, standard)
        with torch.no_grad():
            return heads.scores(x)

    together = trained(["shape", "way"], FEW)
    for name, (at, setting) in product(together, enumerate(FEW)):
        torch.testing.assert_close(together[name][at], trained([name], (setting,))[name][0], atol=1e-4, rtol=1e-4)


def test_planted_classes_are_read_and_the_choice_is_the_best_on_validation() -> None:
    tasks = task_of({"shape": 2, "way": 3}, n=80, epochs=6, strength=3.0)
    outcomes, table = fit_blocks(tasks, FEW)
    for name, outcome in outcomes.items():
        assert (outcome.predicted == tasks[name].test.labels).mean() > 0.9
        assert outcome.val_accuracy == table.loc[table["factor"] == name, "val_accuracy"].max()


@pytest.mark.parametrize("width", [16, 12])
def test_scores_have_the_shape_of_the_classes(width: int) -> None:
    tasks = task_of({"way": 3}, n=20, width=width, epochs=1)
    assert read_blocks(tasks, FEW[:1])["way"].predicted.shape == (20,)
