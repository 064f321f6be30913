"""What the paper claims of residual networks, beyond the contract they share with the rest."""

import dataclasses

import pytest
import torch
from huggingface_hub.errors import LocalEntryNotFoundError
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

import nna
from nna import contract, registry, twins
from nna.architectures.convolutional.resnet.model import Padded, Residual, ResNet, basic, bottleneck
from nna.architectures.convolutional.resnet.spec import SPEC, VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def small(**changes) -> Config:
    """The kind of section 4.2, for grey pictures."""
    config = Config(
        block="basic", depths=(1, 1), width=8, stride=1, shortcut="padded", channels=1, classes=2
    )
    return dataclasses.replace(config, **changes)


@pytest.mark.parametrize("block", [basic, bottleneck])
def test_a_silent_branch_leaves_the_input_unchanged(block):
    expansion = {basic: 1, bottleneck: 4}[block]
    layer = block(8 * expansion, 8, stride=1, shortcut="projected").eval()
    nn.init.zeros_(layer.branch[-1].norm.weight)  # F(x) = 0
    x = torch.rand(2, 8 * expansion, 6, 6)  # not negative, as after a ReLU
    torch.testing.assert_close(layer(x), x)


def test_a_branch_may_cancel_the_identity_and_every_gradient_with_it():
    negate = nn.Conv2d(1, 1, 1, bias=False)
    nn.init.constant_(negate.weight, -1.0)  # F(x) = -x
    x = torch.rand(1, 1, 3, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(Residual(nn.Identity(), negate)(x).sum(), x)
    assert gradient.count_nonzero() == 0


def test_the_padded_shortcut_takes_every_second_pixel_and_adds_silent_channels():
    x = torch.arange(15.0).view(1, 1, 3, 5)
    expected = torch.tensor([[[[0.0, 2.0, 4.0], [10.0, 12.0, 14.0]], [[0.0] * 3] * 2]])
    torch.testing.assert_close(Padded(1, 2, stride=2)(x), expected)


@pytest.mark.parametrize("size", sorted(VARIANTS.keys() - {"desk"}))
def test_the_name_counts_the_layers_with_weights(size):
    with outlined():
        model = ResNet(VARIANTS[size].config)
    convolutions = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d) and ".skip." not in name
    ]
    assert len(convolutions) + 1 == int(size)


@pytest.mark.parametrize(("size", "printed"), [("18", "1.8"), ("34", "3.6")])
def test_with_padded_shortcuts_the_cost_is_table_1s(size, printed):
    config = dataclasses.replace(VARIANTS[size].config, shortcut="padded")
    count = contract.count_multiply_adds("resnet", SPEC, config)
    assert f"{count / 1e9:.1f}" == printed


def test_signal_neither_dies_nor_explodes_with_depth():
    torch.manual_seed(0)
    model = ResNet(Config(block="basic", depths=(30, 30), width=8)).train()
    scores = model(torch.randn(8, 3, 64, 64))
    assert 1e-3 < scores.std() < 1e3


class Cut(nn.Module):
    """In the place of a shortcut: y = 0 + F(x), the plain network."""

    def forward(self, x):
        return x.new_zeros(())


def train(depth: int, plain: bool) -> tuple[float, float]:
    """Loss over the last ten of forty steps; at first, first layer's gradient by last block's."""
    torch.manual_seed(0)
    images, labels = load_digits(return_X_y=True)
    x, y = torch.tensor(images[:256] / 16).float().view(-1, 1, 8, 8), torch.tensor(labels[:256])
    model = ResNet(small(depths=(depth, depth, depth), classes=10))
    for block in filter(lambda module: isinstance(module, Residual), model.modules()):
        block.skip = Cut() if plain else block.skip
    convolutions = [m.weight for m in model.modules() if isinstance(m, nn.Conv2d)]
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses, ratios = [], []
    for _ in range(40):
        chosen = torch.randint(256, (32,))
        loss = cross_entropy(model(x[chosen]), y[chosen])
        optimiser.zero_grad()
        loss.backward()
        norms = [float(w.grad.norm()) for w in convolutions if w.grad is not None]
        ratios.append(norms[0] / norms[-1])
        optimiser.step()
        losses.append(float(loss.detach()))
    return sum(losses[-10:]) / 10, ratios[0]


@pytest.mark.exhaustive
def test_without_shortcuts_depth_harms_training_and_not_by_vanishing_gradients():
    shallow, _ = train(depth=1, plain=True)  # 8 layers
    deep, ratio = train(depth=9, plain=True)  # 56
    residual, _ = train(depth=9, plain=False)
    assert shallow < 0.5
    assert deep > 1.8  # chance is log 10 = 2.3
    assert residual < 1.2
    assert ratio > 100


def test_trained_on_single_images_it_is_blind_to_contrast():
    """Random images, the brighter class with four times the contrast: trivial in batches."""

    def learn(batch: int, steps: int) -> tuple[float, ResNet]:
        torch.manual_seed(0)
        model = ResNet(small()).train()
        optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        losses = []
        for _ in range(steps):
            strong = torch.randint(2, (batch,))
            images = torch.rand(batch, 1, 8, 8) * (1 + 3 * strong).view(-1, 1, 1, 1)
            loss = cross_entropy(model(images), strong)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
        return sum(losses[steps // 2 :]) / (steps - steps // 2), model

    together, _ = learn(batch=16, steps=60)
    alone, model = learn(batch=1, steps=200)
    assert together < 0.1
    assert alone > 0.65  # chance is log 2 = 0.693
    image = torch.rand(1, 1, 8, 8)
    torch.testing.assert_close(model(4 * image), model(image), rtol=0, atol=1e-4)


@pytest.mark.exhaustive
def test_the_twin_has_the_small_stem_and_the_padded_shortcut_too():
    torch.manual_seed(0)
    model = ResNet(small(depths=(1, 2), channels=3)).eval()
    twin = registry.resolve("resnet", "model_keras:resnet")(small(depths=(1, 2), channels=3))
    twins.copy_weights(model, twin)
    image = torch.randn(2, 3, 9, 12)
    torch.testing.assert_close(torch.as_tensor(twins.call(twin, image)), model(image))


def test_public_weights_out_of_reach_are_one_clear_line(monkeypatch):
    def offline(*_: str, **__: float) -> None:
        raise LocalEntryNotFoundError("no network\nand nothing cached")

    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", offline)
    with pytest.raises(UserError, match=r"timm/resnet50\.tv_in1k") as caught:
        nna.build("resnet/50@imagenet1k")
    assert "\n" not in str(caught.value)


def test_a_stem_of_another_stride_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"stride is 4 .* or 1, not 2"):
        nna.build("resnet/18", stride=2)


def test_the_cards_example_by_hand():
    first, second = (nn.Conv2d(1, 1, 1, bias=False).double() for _ in range(2))
    nn.init.constant_(first.weight, 0.5)
    nn.init.constant_(second.weight, -0.4)
    branch, card = (first, nn.ReLU(), second), registry.card("resnet")
    block, plain = Residual(nn.Identity(), *branch), nn.Sequential(*branch, nn.ReLU())
    expected = {block: {1: (1.6, 0.8), 10: (2 * 0.8**10, 0.8**10)}, plain: {1: (0, 0), 10: (0, 0)}}
    for layer, by in expected.items():
        for depth, (value, slope) in by.items():
            x = y = torch.full((1, 1, 1, 1), 2.0, dtype=torch.float64, requires_grad=True)
            for _ in range(depth):
                y = layer(y)
            (gradient,) = torch.autograd.grad(y.sum(), x)
            assert y.item() == pytest.approx(value)
            assert gradient.item() == pytest.approx(slope)
    for value in (2 * 0.8**10, 0.8**10):
        assert f"{value:.4f}" in card
