"""What the paper claims of ResMLP, beyond the contract it shares with the rest."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.feedforward.resmlp.model import Layer, ResMLP
from nna.architectures.feedforward.resmlp.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError

SMALL = Config(depth=2, width=32, patch=4, side=16, channels=1, classes=2)


def seeded(config: Config) -> ResMLP:
    torch.manual_seed(0)
    return ResMLP(config).eval()


def test_patches_mix_linearly():
    """What a sum of pictures sends from patch to patch is the sum of what each one sends."""
    layer, (x, y) = Layer(patches=9, width=6, scale=0.1), torch.randn(2, 1, 6, 9)
    nothing = layer.mix_patches(torch.zeros(1, 6, 9))
    together = layer.mix_patches(x + y) + nothing
    torch.testing.assert_close(together, layer.mix_patches(x) + layer.mix_patches(y))


def test_an_affine_map_costs_nothing_once_it_is_learnt():
    """alpha goes into the next layer's weights, beta into its biases: one product is left."""
    torch.manual_seed(0)
    layer, x = Layer(patches=4, width=6, scale=0.1), torch.randn(2, 4, 6)
    affine, fc1 = layer.affine_channels, layer.mix_channels[0]
    assert isinstance(fc1, nn.Linear)
    nn.init.normal_(affine.alpha)
    nn.init.normal_(affine.beta)
    with torch.no_grad():
        folded = nn.Linear(6, 24)
        folded.weight.copy_(fc1.weight * affine.alpha[0])
        folded.bias.copy_(fc1.bias + fc1.weight @ affine.beta[0, 0])
        torch.testing.assert_close(folded(x), fc1(affine(x)))


def test_nothing_is_normalised():
    """At the start all but the perceptrons is linear: dark pictures stay dark, as no norm lets."""
    model, image = seeded(SMALL), torch.randn(1, 1, 16, 16)
    nn.init.zeros_(model.get_parameter("stem.conv.bias"))
    with torch.no_grad():
        bright, dark = (model.body(model.stem(image * light)).std() for light in (1.0, 0.01))
    assert 0.005 < dark / bright < 0.02


@pytest.mark.parametrize(("depth", "scale"), [(12, 0.1), (24, 1e-5), (36, 1e-6)])
def test_the_deeper_the_nearer_to_the_identity_it_starts(depth, scale):
    model = seeded(Config(depth=depth, width=16, patch=4, side=16, channels=1, classes=2))
    scales = [p for name, p in model.named_parameters() if ".scale_" in name]
    assert len(scales) == 2 * depth
    assert all((p == scale).all() for p in scales)


def test_without_small_scales_a_deep_one_blows_up():
    """36 layers of unit scale and weights of unit gain multiply the signal by orders of size."""
    config = Config(depth=36, width=32, patch=4, side=16, channels=1, classes=2)
    model, image = seeded(config), torch.randn(4, 1, 16, 16)
    for module in model.body.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_normal_(module.weight)
    with torch.no_grad():
        stem = model.stem(image)
        calm = model.body(stem).std() / stem.std()
        for name, parameter in model.named_parameters():
            if ".scale_" in name:
                parameter.fill_(1)
        wild = model.body(stem).std() / stem.std()
    assert calm == pytest.approx(1, abs=1e-3)
    assert wild > 1000


def marks(count: int, columns: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """A bright patch and a dark one, one above the other, in one of these columns of patches.

    The class is which of them stands above.
    """
    label, each = torch.randint(2, (count,)), torch.arange(count)
    column = torch.tensor(columns)[torch.randint(len(columns), (count,))]
    row = torch.randint(3, (count,))
    patches = 0.1 * torch.randn(count, 4, 4)
    patches[each, row, column] += 2.0 * label - 1
    patches[each, row + 1, column] -= 2.0 * label - 1
    return patches.repeat_interleave(4, dim=1).repeat_interleave(4, dim=2)[:, None], label


class Convolution(nn.Module):
    """One layer over the same kind of patches, with weights shared by all places."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 32, 4, stride=4), nn.GELU(), nn.Conv2d(32, 32, 3, padding=1), nn.GELU()
        )
        self.head = nn.Linear(32, 2)

    def forward(self, image: Tensor) -> Tensor:
        return self.head(self.body(image).mean(dim=(2, 3)))


@pytest.mark.slow
def test_which_mark_stands_above_is_not_known_where_it_was_not_learnt():
    """Trained on marks in the left half; asked about marks there, and in the right half."""

    def learn(model: nn.Module) -> tuple[float, float]:
        torch.manual_seed(1)
        optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=True)
        for _ in range(150):
            image, label = marks(64, columns=(0, 1))
            optimiser.zero_grad()
            cross_entropy(model(image), label).backward()
            optimiser.step()
        with torch.no_grad():
            asked = [marks(1000, columns) for columns in ((0, 1), (2, 3))]
            known, unknown = ((model(x).argmax(1) == y).float().mean() for x, y in asked)
        return float(known), float(unknown)

    known, unknown = learn(seeded(SMALL))
    assert known > 0.98
    assert unknown < 0.7
    torch.manual_seed(0)
    assert min(learn(Convolution())) > 0.98


def test_most_weights_are_the_perceptrons():
    """As in transformers: mixing the patches takes a thirtieth of S12's numbers."""
    with outlined():
        layers = ResMLP(VARIANTS["s12"].config).body
    named = [(name, p.numel()) for name, p in layers.named_parameters()]
    mixing = sum(count for name, count in named if ".mix_patches." in name)
    assert 0.02 < mixing / VARIANTS["s12"].params < 0.04


def test_a_picture_that_patches_do_not_tile_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="patches of side 16 don't tile a picture of side 200"):
        nna.build("resmlp/s12", side=200)
