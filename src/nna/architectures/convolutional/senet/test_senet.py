"""What the paper claims of squeeze and excitation, beyond the contract it shares with the rest."""

import dataclasses
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

import nna
from nna import agreement, contract
from nna.architectures.convolutional.senet.model import Gated, SENet, basic, bottleneck
from nna.architectures.convolutional.senet.spec import VARIANTS, Config
from nna.blocks.squeeze import SqueezeExcitation
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def gates(block: Gated, maps: torch.Tensor) -> torch.Tensor:
    """The factor that each channel of some maps is scaled by."""
    return (block.gate(maps) / maps)[:, :, 0, 0]


def test_the_gates_of_se_resnet_50_add_the_parameters_of_equation_5():
    with outlined():
        model = SENet(VARIANTS["50"].config)
    added = sum(
        contract.count_parameters(module)
        for module in model.modules()
        if isinstance(module, SqueezeExcitation)
    )
    stages = list(zip((3, 4, 6, 3), (256, 512, 1024, 2048), strict=True))
    weights = 2 * sum(n * c * c for n, c in stages) // 16
    biases = sum(n * (c + c // 16) for n, c in stages)
    assert added == weights + biases
    assert contract.count_parameters(model) - added == 25_557_032  # ResNet-50
    assert weights / 25_557_032 == pytest.approx(0.10, abs=0.005)  # "about 10 %", section 4


@pytest.mark.parametrize("size", ["18", "34", "50", "101", "152"])
def test_the_name_counts_the_layers_of_the_network_without_its_gates(size):
    with outlined():
        model = SENet(VARIANTS[size].config)
    convolutions = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d) and ".skip." not in name and ".gate." not in name
    ]
    assert len(convolutions) + 1 == int(size)


def test_without_excitation_every_branch_counts_half():
    block = bottleneck(16, 4, stride=1, ratio=4).eval()
    for parameter in block.gate.excite.parameters():
        nn.init.zeros_(parameter)  # the gates are sigmoid(0)
    x = torch.rand(2, 16, 5, 5)
    torch.testing.assert_close(block(x), (x + block.branch(x) / 2).relu())


def test_gates_weigh_the_branch_and_leave_the_shortcut_alone():
    block = bottleneck(16, 4, stride=1, ratio=4).eval()
    for parameter in block.gate.excite.parameters():
        nn.init.constant_(parameter, -100.0)  # every gate shut
    x = torch.rand(2, 16, 5, 5)
    torch.testing.assert_close(block(x), x)


def test_one_block_sees_the_whole_picture():
    torch.manual_seed(0)
    block: Any = basic(8, 8, stride=1, ratio=2).eval()
    far = {}
    for kind, gate in (("gated", block.gate), ("plain", nn.Identity())):
        block.gate = gate
        x = torch.rand(1, 8, 24, 24, requires_grad=True)
        (gradient,) = torch.autograd.grad(block(x)[..., 0, 0].sum(), x)
        far[kind] = gradient[..., 12:, 12:].abs().max()
    assert far["gated"] > 0
    assert far["plain"] == 0


def test_the_gates_cannot_tell_where_anything_is():
    torch.manual_seed(2)  # under which the gates' own ReLUs let signals through
    block = basic(8, 8, stride=1, ratio=2).eval()
    agreement.unsettle(block)
    maps = torch.rand(1, 8, 6, 6) + 0.1
    shuffled = maps.flatten(2)[..., torch.randperm(36)].view_as(maps)
    other = maps * torch.linspace(0.5, 1.5, 8).view(1, 8, 1, 1)
    torch.testing.assert_close(gates(block, shuffled), gates(block, maps))
    assert (gates(block, other) - gates(block, maps)).abs().max() > 1e-4


def test_gates_let_a_far_cue_turn_the_meaning_of_a_local_sign():
    """A sign at the right counts for or against, as a cue at the left says.

    Without gates each pixel of the last map sees one of the two at most, and their mean is a sum of
    what each says alone: at best log 2.
    """

    def learn(gated: bool) -> float:
        torch.manual_seed(0)
        model = SENet(
            Config(
                block="basic", depths=(2,), width=8, reduction=1, stride=1, channels=1, classes=1
            )
        ).train()
        if not gated:
            for block in model.body[0].children():
                block.gate = nn.Identity()
        optimiser = torch.optim.Adam(model.parameters(), lr=0.02, fused=True)
        losses = []
        for _ in range(120):
            cue, sign = torch.randint(2, (2, 32))
            image = torch.zeros(32, 1, 4, 24)
            image[:, 0, 1:3, 2:4] = (cue * 2.0 - 1).view(-1, 1, 1)
            image[:, 0, 1, 20:22] = (sign * 2.0 - 1).view(-1, 1)
            same = (cue == sign).float()
            loss = binary_cross_entropy_with_logits(model(image).squeeze(1), same)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
        return sum(losses[-24:]) / 24

    assert learn(gated=True) < 0.2
    assert learn(gated=False) > 0.6  # log 2 = 0.693


def test_the_ratio_sets_the_price_of_the_gates_as_table_10_prints_it():
    for ratio, printed in ((2, 45.7e6), (4, 35.7e6), (8, 30.7e6), (16, 28.1e6), (32, 26.9e6)):
        with outlined():
            model = SENet(dataclasses.replace(VARIANTS["50"].config, reduction=ratio))
        assert contract.count_parameters(model) == pytest.approx(printed, rel=0.005)


def test_a_stem_of_another_stride_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"stride is 4 .* or 1, not 2"):
        nna.build("senet/50", stride=2)
