"""What the paper claims of DenseNet, beyond the contract it shares with the rest."""

from itertools import pairwise
from typing import Any

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.convolutional.densenet.model import Dense, DenseNet, layer
from nna.architectures.convolutional.densenet.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def test_each_layer_reads_every_earlier_one_as_it_was_and_that_makes_half_l_times_l_plus_1_links():
    torch.manual_seed(0)
    depth, growth, c_in = 6, 4, 5
    block = Dense(c_in, depth, growth, hidden=4).eval()
    reads, results = [], []

    def note(_: nn.Module, args: tuple[torch.Tensor], out: torch.Tensor) -> None:
        reads.append(args[0])
        results.append(out)

    for step in block.layers.values():
        step.register_forward_hook(note)
    x = torch.randn(1, c_in, 4, 4)
    out = block(x)
    links = 0
    for i, read in enumerate(reads):
        assert read.shape[1] == c_in + i * growth  # k_0 + k (l - 1), section 3
        assert torch.equal(read, torch.cat([x, *results[:i]], dim=1))
        links += 1 + i
    assert links == depth * (depth + 1) // 2
    assert torch.equal(out, torch.cat([x, *results], dim=1))


@pytest.mark.parametrize("size", sorted(VARIANTS.keys() - {"desk", "264"}))  # 264 has 265
def test_the_name_counts_the_layers_with_weights(size):
    with outlined():
        model = DenseNet(VARIANTS[size].config)
    count = sum(isinstance(module, nn.Conv2d | nn.Linear) for module in model.modules())
    assert str(count) == size.removeprefix("bc-").split("-")[0]


def test_transitions_keep_half_of_the_channels_and_a_quarter_of_the_pixels():
    with outlined():
        model = DenseNet(VARIANTS["121"].config)
        sizes = []
        x = model.stem(torch.zeros(1, 3, 224, 224))
        for part in model.body:
            x = part(x)
            sizes.append((x.shape[1], x.shape[2]))
    inside = [(256, 56), (128, 28), (512, 28), (256, 14), (1024, 14), (512, 7), (1024, 7)]
    assert sizes == inside  # table 1


def test_the_loss_reaches_an_early_layer_through_none_of_the_later_ones():
    torch.manual_seed(0)
    model: Any = DenseNet(Config(depths=(8,), growth=4, width=4, stride=1, channels=1, classes=3))
    steps: list[Any] = [*model.body[0].layers.values()]
    for step in steps[1:]:
        nn.init.zeros_(step[-1].weight)  # nothing passes through these
    model(torch.randn(4, 1, 8, 8)).square().sum().backward()
    assert steps[0][-1].weight.grad.abs().max() > 0


class Chain(nn.Module):
    """As many layers in a row, each reading the one before alone."""

    def __init__(self, c_in: int, depth: int, growth: int) -> None:
        super().__init__()
        widths = [c_in] + [growth] * depth
        self.layers = nn.Sequential(*(layer(a, b, hidden=0) for a, b in pairwise(widths)))

    def forward(self, x):
        return self.layers(x)


def train(block: nn.Module, channels: int) -> float:
    """Mean loss over the last ten of forty steps on digits."""
    torch.manual_seed(0)
    images, labels = load_digits(return_X_y=True)
    x, y = torch.tensor(images[:256] / 16).float().view(-1, 1, 8, 8), torch.tensor(labels[:256])
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, bias=False),
        block,
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(channels, 10),
    ).train()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses = []
    for _ in range(40):
        chosen = torch.randint(256, (32,))
        loss = cross_entropy(model(x[chosen]), y[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return sum(losses[-10:]) / 10


@pytest.mark.exhaustive
def test_24_layers_train_with_links_to_all_and_not_in_a_row():
    torch.manual_seed(0)
    dense = train(Dense(8, 24, growth=4, hidden=0), channels=8 + 24 * 4)
    short, row = (train(Chain(8, depth, growth=12), channels=12) for depth in (3, 24))
    assert dense < 0.6
    assert short < 1.2  # it isn't for want of channels
    assert row > 1.7  # chance is log 10 = 2.3


def kept(block: nn.Module, x: torch.Tensor) -> int:
    """Numbers in the maps that the backward pass will need."""
    maps: dict[int, torch.Tensor] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.ndim == 4 and tensor.shape[2:] == x.shape[2:]:
            maps[tensor.data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        block(x)
    return sum(tensor.numel() for tensor in maps.values())


def test_what_training_keeps_grows_with_the_square_of_a_blocks_layers():
    x = torch.randn(2, 4, 16, 16)
    dense = kept(Dense(4, 40, growth=4, hidden=0), x) / kept(Dense(4, 20, growth=4, hidden=0), x)
    row = kept(Chain(4, 40, growth=4), x) / kept(Chain(4, 20, growth=4), x)
    assert 3.7 < dense < 4.0
    assert 1.9 < row < 2.1


def test_a_stem_of_another_stride_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"stride is 4 .* or 1, not 2"):
        nna.build("densenet/121", stride=2)
