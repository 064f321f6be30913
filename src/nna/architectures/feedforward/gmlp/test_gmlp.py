"""What the paper claims of gMLP, beyond the contract it shares with the rest."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.feedforward.gmlp.model import GMLP, SpatialGate
from nna.architectures.feedforward.gmlp.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError

SMALL = Config(depth=2, width=16, patch=4, side=16, channels=1, classes=2)


def test_the_gates_start_open_and_patches_know_nothing_of_each_other():
    torch.manual_seed(0)
    model, image = GMLP(SMALL).eval(), torch.randn(1, 1, 16, 16)
    moved = image.clone()
    moved[:, :, :4, :4] += 1  # the first patch
    with torch.no_grad():
        before, after = model.body(model.stem(image)), model.body(model.stem(moved))
    changed = (after - before).abs().amax(dim=2)[0]
    assert changed[0] > 0.1
    assert changed[1:].max() < 1e-4


def test_the_gate_multiplies():
    """It is linear in the half that stays, and a patch's half gates by what other patches hold."""
    torch.manual_seed(0)
    gate = SpatialGate(patches=5, half=3)
    nn.init.normal_(gate.mix.weight)
    here, there, elsewhere = torch.randn(3, 2, 5, 3)
    both = gate(torch.cat([here + there, elsewhere], dim=2))
    apart = gate(torch.cat([here, elsewhere], dim=2)) + gate(torch.cat([there, elsewhere], dim=2))
    torch.testing.assert_close(both, apart)
    nothing = gate(torch.cat([torch.zeros_like(here), elsewhere], dim=2))
    assert (nothing == 0).all()


def test_the_weights_over_patches_are_the_same_for_all_pictures():
    """Attention's are computed from the picture: here they are parameters, one for each pair."""
    with outlined():
        block = GMLP(VARIANTS["s16"].config).body[0]
    shapes = {name: tuple(p.shape) for name, p in block.named_parameters() if p.ndim == 2}
    assert shapes == {
        "fc1.weight": (6 * 256, 256),
        "gate.mix.weight": (14 * 14, 14 * 14),
        "fc2.weight": (256, 3 * 256),
    }


def marks(count: int, columns: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Two patches, bright or dark, one above the other, in one of these columns of patches.

    The class is whether they agree: neither tells anything by itself.
    """
    sign = 2.0 * torch.randint(2, (2, count)) - 1
    each = torch.arange(count)
    column = torch.tensor(columns)[torch.randint(len(columns), (count,))]
    row = torch.randint(3, (count,))
    patches = 0.1 * torch.randn(count, 4, 4)
    patches[each, row, column] += sign[0]
    patches[each, row + 1, column] += 2 * sign[1]  # twice as strong: their sum must not tell
    image = patches.repeat_interleave(4, dim=1).repeat_interleave(4, dim=2)[:, None]
    return image, (sign[0] == sign[1]).long()


class Convolution(nn.Module):
    """Neighbouring patches are looked at together, with weights shared by all places."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 4, stride=4),
            nn.Conv2d(16, 64, 3, padding=1),
            nn.GELU(),
            nn.Conv2d(64, 32, 1),
            nn.GELU(),
        )
        self.head = nn.Linear(32, 2)

    def forward(self, image: Tensor) -> Tensor:
        return self.head(self.body(image).mean(dim=(2, 3)))


@pytest.mark.slow
def test_whether_marks_agree_is_not_known_where_it_was_not_learnt():
    """Trained on marks in the left half; asked about marks there, and in the right half."""

    def learn(model: nn.Module, steps: int) -> tuple[float, float]:
        torch.manual_seed(1)
        optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=True)
        for _ in range(steps):
            image, label = marks(64, columns=(0, 1))
            optimiser.zero_grad()
            cross_entropy(model(image), label).backward()
            optimiser.step()
        with torch.no_grad():
            asked = [marks(1000, columns) for columns in ((0, 1), (2, 3))]
            known, unknown = ((model(x).argmax(1) == y).float().mean() for x, y in asked)
        return float(known), float(unknown)

    torch.manual_seed(0)
    known, unknown = learn(GMLP(SMALL), 150)
    assert known > 0.98
    assert unknown < 0.7
    torch.manual_seed(0)
    assert min(learn(Convolution(), 150)) > 0.98


def test_a_picture_that_patches_do_not_tile_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="patches of side 16 don't tile a picture of side 200"):
        nna.build("gmlp/s16", side=200)
