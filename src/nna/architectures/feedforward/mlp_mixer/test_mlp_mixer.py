"""What the paper claims of MLP-Mixer, beyond the contract it shares with the rest."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.feedforward.mlp_mixer.model import Layer, MLPMixer
from nna.architectures.feedforward.mlp_mixer.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError

SMALL = Config(depth=2, width=32, patch=2, side=8, channels=1, classes=2)


def test_the_hidden_units_are_those_of_table_1():
    with outlined():
        layer = MLPMixer(VARIANTS["b16"].config).body[0]
    shapes = {name: tuple(p.shape) for name, p in layer.named_parameters() if p.ndim == 2}
    assert shapes == {
        "mix_patches.fc1.weight": (384, 196),
        "mix_patches.fc2.weight": (196, 384),
        "mix_channels.fc1.weight": (3072, 768),
        "mix_channels.fc2.weight": (768, 3072),
    }


def test_one_perceptron_mixes_patches_the_other_channels_neither_both():
    torch.manual_seed(0)
    layer, x = Layer(patches=5, width=8), torch.randn(1, 5, 8)
    moved = x.clone()
    moved[:, 3, 6] += 1
    patches = layer.mix_patches(moved.mT).mT != layer.mix_patches(x.mT).mT
    assert patches.any(dim=1)[0].tolist() == [c == 6 for c in range(8)]  # in channel 6 only
    channels = layer.mix_channels(moved) != layer.mix_channels(x)
    assert channels.any(dim=2)[0].tolist() == [n == 3 for n in range(5)]  # in patch 3 only


def test_cost_grows_in_proportion_to_the_patches():
    """As in a convolutional network; attention's grows with their square (section 2)."""
    macs = {key: VARIANTS[key].macs or 0 for key in ("b32", "b16")}
    assert macs["b16"] / macs["b32"] == pytest.approx(4, rel=0.03)  # four times the patches


def test_the_order_of_the_patches_is_nothing_to_it():
    """Shuffle all pictures' patches in one way, and its first weights likewise: the same scores."""
    torch.manual_seed(0)
    model = MLPMixer(SMALL).eval()
    image, order = torch.randn(3, 1, 8, 8), torch.randperm(16)
    tiles = image.unfold(2, 2, 2).unfold(3, 2, 2).flatten(2, 3)  # b 1 n 2 2
    shuffled = tiles[:, :, order].unflatten(2, (4, 4)).transpose(3, 4).reshape(3, 1, 8, 8)
    expected = model(image)
    assert not torch.allclose(model(shuffled), expected, atol=1e-3)
    with torch.no_grad():
        for i in range(SMALL.depth):
            fc1, fc2, bias = (
                model.get_parameter(f"body.{i}.mix_patches.{name}")
                for name in ("fc1.weight", "fc2.weight", "fc2.bias")
            )
            fc1.copy_(fc1[:, order])
            fc2.copy_(fc2[order])
            bias.copy_(bias[order])
    torch.testing.assert_close(model(shuffled), expected, rtol=1e-4, atol=1e-5)


def test_without_the_perceptron_over_patches_order_is_invisible():
    torch.manual_seed(0)
    model = MLPMixer(SMALL).eval()
    for i in range(SMALL.depth):
        nn.init.zeros_(model.get_parameter(f"body.{i}.mix_patches.fc2.weight"))
    image = torch.randn(2, 1, 8, 8)
    swapped = torch.cat([image[:, :, 4:], image[:, :, :4]], dim=2)  # upper half below
    torch.testing.assert_close(model(swapped), model(image), rtol=1e-4, atol=1e-5)


def neighbours(count: int, rows: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise, and in one of these rows of patches a dark and a bright one side by side.

    The class is which of the two stands on the left.
    """
    label, each = torch.randint(2, (count,)), torch.arange(count)
    row, column = torch.tensor(rows)[torch.randint(len(rows), (count,))], torch.randint(3, (count,))
    patches = torch.zeros(count, 4, 4)
    patches[each, row, column] = 2.0 * label - 1
    patches[each, row, column + 1] = 1 - 2.0 * label
    image = patches.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)[:, None]
    return image + 0.1 * torch.randn_like(image), label


class Convolution(nn.Module):
    """One layer of the same kind of patches, with weights shared by all places."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 32, 2, stride=2), nn.GELU(), nn.Conv2d(32, 32, 3, padding=1), nn.GELU()
        )
        self.head = nn.Linear(32, 2)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(image).mean(dim=(2, 3)))


@pytest.mark.slow
def test_how_neighbours_stand_is_not_known_where_it_was_not_learnt():
    """Trained on pairs in the upper half; asked about pairs there, and in the lower half."""

    def learn(model: nn.Module) -> tuple[float, float]:
        torch.manual_seed(1)
        optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=True)
        for _ in range(150):
            image, label = neighbours(64, rows=(0, 1))
            optimiser.zero_grad()
            cross_entropy(model(image), label).backward()
            optimiser.step()
        with torch.no_grad():
            asked = [neighbours(1000, rows) for rows in ((0, 1), (2, 3))]
            known, unknown = ((model(x).argmax(1) == y).float().mean() for x, y in asked)
        return float(known), float(unknown)

    torch.manual_seed(0)
    known, unknown = learn(MLPMixer(SMALL))
    assert known > 0.98
    assert unknown < 0.7
    assert min(learn(Convolution())) > 0.98


def test_a_picture_that_patches_do_not_tile_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="patches of side 16 don't tile a picture of side 200"):
        nna.build("mlp_mixer/s16", side=200)


@pytest.mark.parametrize(
    ("size", "millions"), [("s16", 18), ("b16", 59), ("l16", 207), ("h14", 431)]
)
def test_the_parameters_of_table_1_leave_out_the_head(size, millions):
    config = VARIANTS[size].config
    head = config.classes * (config.width + 1)
    assert round((VARIANTS[size].params - head) / 1e6) == millions
