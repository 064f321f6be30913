"""What the paper claims of ResNeXt, beyond the contract it shares with the rest."""

import dataclasses
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

import nna
from nna import agreement, contract
from nna.architectures.convolutional.resnext.model import Aggregated, ResNeXt
from nna.architectures.convolutional.resnext.spec import SPEC, VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def norm(layer: Any, x: torch.Tensor, own: slice = slice(None)) -> torch.Tensor:
    """Batch norm of some of its channels, in evaluation."""
    batch = layer.norm
    return functional.batch_norm(
        x, batch.running_mean[own], batch.running_var[own], batch.weight[own], batch.bias[own]
    )


def test_the_three_forms_of_figure_3_are_one_function():
    torch.manual_seed(0)
    paths, d = 4, 3
    block: Any = Aggregated(c_in=8, inner=paths * d, c_out=8, stride=1, groups=paths).eval()
    agreement.unsettle(block)
    reduce, _, mix, _, restore = block.branch
    x = torch.randn(2, 8, 6, 6)
    ends = []
    for i in range(paths):
        own = slice(i * d, (i + 1) * d)
        thin = norm(reduce, functional.conv2d(x, reduce.conv.weight[own]), own).relu()
        thin = functional.conv2d(thin, mix.conv.weight[own], padding=1)
        ends.append((norm(mix, thin, own).relu(), restore.conv.weight[:, own]))
    summed = torch.stack([functional.conv2d(*end) for end in ends]).sum(0)  # figure 3a
    joined = functional.conv2d(torch.cat([thin for thin, _ in ends], 1), restore.conv.weight)  # 3b
    grouped = block(x)  # 3c
    torch.testing.assert_close((x + norm(restore, summed)).relu(), grouped)
    torch.testing.assert_close((x + norm(restore, joined)).relu(), grouped)


def test_with_one_path_of_64_channels_it_counts_as_resnet_50():
    with outlined():
        model = ResNeXt(Config(depths=(3, 4, 6, 3), groups=1, width=64))
    assert contract.count_parameters(model) == 25_557_032


@pytest.mark.parametrize(("paths", "width"), [(1, 64), (2, 40), (4, 24), (8, 14), (32, 4)])
def test_a_block_of_each_column_of_table_2_weighs_about_70_thousand(paths, width):
    with outlined():
        block = Aggregated(256, paths * width, 256, stride=1, groups=paths)
    convolutions = [p.numel() for p in block.parameters() if p.ndim == 4]
    assert sum(convolutions) == paths * (256 * width + 9 * width**2 + width * 256)  # equation 4
    assert abs(sum(convolutions) - 70_000) < 2_000


@pytest.mark.parametrize("size", sorted(VARIANTS.keys() - {"desk"}))
def test_the_name_counts_the_layers_with_weights(size):
    with outlined():
        model = ResNeXt(VARIANTS[size].config)
    convolutions = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d) and ".skip." not in name
    ]
    assert len(convolutions) + 1 == int(size.split("-")[0])


def test_twice_the_paths_cost_about_twice_as_much():
    full = VARIANTS["101-32x4d"].config
    double = dataclasses.replace(full, groups=64)
    once, twice = (contract.count_multiply_adds("resnext", SPEC, c) for c in (full, double))
    assert 1.9 < twice / once < 2.0


def test_without_the_pointwise_layers_no_path_hears_of_another():
    """Are two channels of one sign? Scores that are sums over paths can't do better than log 2."""

    def learn(pointwise: bool) -> float:
        torch.manual_seed(0)
        block = Aggregated(c_in=8, inner=8, c_out=8, stride=1, groups=2)
        if not pointwise:
            block.branch[0] = block.branch[4] = nn.Identity()
        model = nn.Sequential(block, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 1)).train()
        optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
        losses = []
        for _ in range(150):
            signs = torch.randint(2, (64, 2)) * 2.0 - 1
            maps = signs.repeat_interleave(4, dim=1)[..., None, None].expand(64, 8, 3, 3)
            same = (signs[:, 0] == signs[:, 1]).float()
            loss = functional.binary_cross_entropy_with_logits(model(maps).squeeze(1), same)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
        return sum(losses[-50:]) / 50

    assert learn(pointwise=True) < 0.1
    assert learn(pointwise=False) > 0.66  # log 2 = 0.693


def test_a_stem_of_another_stride_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"stride is 4 .* or 1, not 2"):
        nna.build("resnext/50-32x4d", stride=2)
