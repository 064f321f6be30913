"""What the paper claims of GoogLeNet, beyond the contract it shares with the rest."""

import dataclasses
from typing import Any

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy, interpolate

import nna
from nna.architectures.convolutional.googlenet.model import MODULES, GoogLeNet, Inception
from nna.architectures.convolutional.googlenet.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.contract import count_parameters
from nna.errors import UserError

SMALL = Config(width=8, stride=2, dropout=0.0, channels=1, classes=10)


def weights(module: nn.Module) -> int:
    """Of convolutions, without biases and norms."""
    return sum(m.weight.numel() for m in module.modules() if isinstance(m, nn.Conv2d))


def test_it_is_22_layers_deep_in_nine_modules():
    with outlined():
        model = GoogLeNet(VARIANTS["22"].config)
    stem = sum(isinstance(m, nn.Conv2d) for m in model.stem.modules())
    modules = [m for m in model.body.modules() if isinstance(m, Inception)]
    longest = [
        max(sum(isinstance(m, nn.Conv2d) for m in b.modules()) for b in module.branches)
        for module in modules
    ]
    assert len(modules) == len(MODULES) == 9
    assert stem + sum(longest) + 1 == 22  # section 5; the head is the last


def test_without_its_auxiliary_heads_it_is_half_as_large():
    with outlined():
        bare = GoogLeNet(Config(kernel=3, aux_heads=0))
    assert count_parameters(bare) == 6_624_904 < VARIANTS["22-3x3"].params / 1.9


def test_the_branches_see_1_3_5_and_3_pixels_and_stand_side_by_side():
    torch.manual_seed(0)
    layer = Inception(192, MODULES["3a"], kernel=5).eval()
    image = torch.rand(1, 192, 9, 9, requires_grad=True)
    out = layer(image)
    assert out.shape == (1, 256, 9, 9)
    for branch, side in zip(layer.branches, (1, 3, 5, 3), strict=True):
        (gradient,) = torch.autograd.grad(branch(image)[0, :, 4, 4].sum(), image)
        rows, columns = gradient[0].abs().sum(0).nonzero().T
        assert int(rows.max() - rows.min()) + 1 == int(columns.max() - columns.min()) + 1 == side
    first, last = layer.branches[0](image), layer.branches[3](image)
    torch.testing.assert_close(out[:, :64], first)
    torch.testing.assert_close(out[:, -32:], last)


def test_squeezing_first_makes_the_5x5_branch_ten_times_cheaper():
    """Figure 2, naive module against reduced, by weights; multiply-adds go with them."""
    squeezed = Inception(192, MODULES["3a"], kernel=5).branches[2]
    assert weights(squeezed) == 192 * 16 + 16 * 32 * 25 == 15_872
    assert 192 * 32 * 25 == 153_600 > 9.6 * weights(squeezed)


def test_with_5x5_kernels_the_modules_cost_what_table_1_prints_with_3x3_they_do_not():
    printed = {"3a": 128, "3b": 304, "4a": 73, "4b": 88, "4c": 100, "4d": 119, "4e": 170, "5b": 71}
    for kernel in (5, 3):
        with outlined():
            body = GoogLeNet(Config(kernel=kernel)).body
        sides = {"3": 28, "4": 14, "5": 7}
        millions = {k: weights(body.get_submodule(k)) * sides[k[0]] ** 2 / 1e6 for k in printed}
        off = max(abs(millions[k] - printed[k]) for k in printed)
        assert off < 1 if kernel == 5 else off > 30


def test_auxiliary_heads_are_gone_in_evaluation():
    torch.manual_seed(0)
    model = GoogLeNet(SMALL)
    image = torch.rand(2, 1, 16, 16)
    assert [scores.shape for scores in model.train()(image)] == 3 * [(2, 10)]
    scores = model.eval()(image)
    bare = GoogLeNet(dataclasses.replace(SMALL, aux_heads=0)).eval()
    kept = {k: v for k, v in model.state_dict().items() if not k.startswith("heads.")}
    bare.load_state_dict(kept)
    torch.testing.assert_close(bare(image), scores, rtol=0, atol=0)


def test_auxiliary_heads_give_the_early_layers_a_gradient_of_their_own():
    torch.manual_seed(0)
    model: Any = GoogLeNet(SMALL).train()
    nn.init.zeros_(model.head.weight)  # whatever comes down from the top is cut
    scores, *auxiliary = model(torch.rand(4, 1, 16, 16))
    stem = model.stem[0].conv.weight
    (cut,) = torch.autograd.grad(scores.square().sum(), stem, retain_graph=True)
    assert cut.count_nonzero() == 0
    for other in auxiliary:
        (gradient,) = torch.autograd.grad(other.square().sum(), stem, retain_graph=True)
        assert gradient.abs().max() > 1e-4
    late = model.body.get_submodule("4e").branches[0].conv.weight
    assert torch.autograd.grad(torch.stack(auxiliary).sum(), late, allow_unused=True) == (None,)


@pytest.mark.exhaustive
def test_what_it_learned_at_one_size_it_does_not_know_at_twice_the_size():
    torch.manual_seed(0)
    images, labels = load_digits(return_X_y=True)
    x, y = torch.tensor(images / 16).float().view(-1, 1, 8, 8), torch.tensor(labels)
    large = interpolate(x[1200:], (16, 16))
    model = GoogLeNet(dataclasses.replace(SMALL, aux_heads=0)).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(120):
        chosen = torch.randint(1200, (32,))
        loss = cross_entropy(model(x[chosen]), y[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    known, unknown = (
        float((model(images).argmax(1) == y[1200:]).float().mean()) for images in (x[1200:], large)
    )
    assert known > 0.6
    assert unknown < 0.3


@pytest.mark.parametrize(
    ("change", "message"), [({"stride": 4}, "8 .* or 2, not 4"), ({"width": 12}, "multiple of 8")]
)
def test_sizes_that_do_not_fit_are_refused_in_one_sentence(change, message):
    with pytest.raises(UserError, match=message):
        nna.build("googlenet", **change)
