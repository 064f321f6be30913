"""What is proven of the Mark I perceptron, beyond the contract it shares with the rest."""

import pytest
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import interpolate

from nna import build
from nna.architectures.feedforward.mark_i.model import MarkI
from nna.architectures.feedforward.mark_i.spec import VARIANTS, Config
from nna.errors import UserError
from nna.learning.base import Batch, Turn
from nna.objectives.perceptron_rule import PerceptronRule


def machine(units: int = 512, classes: int = 2, seed: int = 0) -> MarkI:
    torch.manual_seed(seed)
    return MarkI(Config(units=units, classes=classes))


def learn(model: MarkI, pictures: torch.Tensor, labels: torch.Tensor, passes: int = 20) -> float:
    """Mistakes an example and unit in the last pass; it ends with a pass without any."""
    order, mistakes = torch.Generator().manual_seed(0), 0.0
    for _ in range(passes):
        mixed = torch.randperm(len(labels), generator=order)
        batch = Batch({"retina": pictures[mixed]}, {"y": labels[mixed]})
        turn = Turn(lambda *_: None, 1.0, progress=0.0)
        mistakes = PerceptronRule().step(model, {}, batch, turn)["mistakes"].item()
        if not mistakes:
            break
    return mistakes


def accuracy(model: MarkI, pictures: torch.Tensor, labels: torch.Tensor) -> float:
    return (model(pictures).argmax(1) == labels).float().mean().item()


def shapes(left: int, right: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Squares (0) and upright crosses (1), 7 cells wide, at all places within some columns."""
    square = torch.ones(7, 7)
    square[2:5, 2:5] = 0
    cross = torch.zeros(7, 7)
    cross[:, 2:5] = cross[2:5, :] = 1
    pictures, labels = [], []
    for label, shape in enumerate((square, cross)):
        for row in range(20 - 6):
            for column in range(left, right - 6):
                pictures.append(torch.zeros(1, 20, 20))
                pictures[-1][0, row : row + 7, column : column + 7] = shape
                labels.append(label)
    return torch.stack(pictures), torch.tensor(labels)


def test_shapes_learnt_in_the_left_half_are_not_recognised_in_the_right():
    """Yet nothing ails the right half: shown there, they are learnt as well."""
    here, there = shapes(0, 10), shapes(10, 20)
    strange, shown = [], []
    for seed in range(5):
        model = machine(seed=seed)
        assert learn(model, *here) == 0
        strange.append(accuracy(model, *there))
        both = machine(seed=seed)
        learn(both, torch.cat([here[0], there[0]]), torch.cat([here[1], there[1]]))
        shown.append(accuracy(both, *there))
    assert sum(strange) / 5 < 0.65  # half by chance
    assert min(shown) > 0.95


def test_at_places_between_those_shown_only_part_is_recognised():
    """Overlap carries over some of it: the shapes a cell further light many of the same cells."""
    pictures, labels = shapes(0, 20)
    places = torch.arange(len(labels))
    figures = []
    for left_out in (places % 2 == 0, places % 4 == 0):
        found = []
        for seed in range(3):
            model = machine(seed=seed)
            learn(model, pictures[~left_out], labels[~left_out])
            found.append(accuracy(model, pictures[left_out], labels[left_out]))
        figures.append(sum(found) / 3)
    assert 0.55 < figures[0] < 0.67 < figures[1] < 0.9


def lamps() -> tuple[torch.Tensor, torch.Tensor]:
    """Two patches, each dark or lit, below a bar of light; is just one of them lit?"""
    pictures = -torch.ones(4, 1, 20, 20)
    pictures[:, :, :2] = 1.0
    pictures[[1, 3], 0, 2:10, 2:10] = 1.0
    pictures[[2, 3], 0, 10:18, 10:18] = 1.0
    return pictures, torch.tensor([0, 1, 1, 0])


def test_two_lamps_of_which_one_is_lit():
    """XOR of two regions: beyond any weights on the photocells, learnt behind random units."""
    pictures, labels = lamps()
    assert learn(machine(), pictures, labels, passes=50) == 0
    cells = (pictures.flatten(1) > 0).double()
    sums = cells[0] + cells[3] - cells[1] - cells[2]
    assert not sums.any()  # so any weights on cells give both diagonals the same sum


def digits() -> tuple[torch.Tensor, torch.Tensor]:
    pixels, digit = load_digits(return_X_y=True)
    small = torch.tensor(pixels).float().view(-1, 1, 8, 8)
    order = torch.randperm(len(small), generator=torch.Generator().manual_seed(0))
    retina = interpolate(small - small.mean(), (20, 20), mode="bilinear", antialias=True)
    return retina[order], torch.tensor(digit)[order]


@pytest.mark.slow
def test_more_association_units_recognise_more_and_losing_a_tenth_costs_little():
    pictures, labels = digits()
    few, many = machine(units=64, classes=10), machine(units=512, classes=10)
    for model in (few, many):
        learn(model, pictures[:1200], labels[:1200], passes=10)
    test = pictures[-500:], labels[-500:]
    whole = accuracy(many, *test)
    assert whole > 0.88
    assert accuracy(few, *test) < whole - 0.05
    with torch.no_grad():
        many.linear.weight[:, torch.randperm(512)[:51]] = 0
    assert accuracy(many, *test) > whole - 0.06


def test_the_machine_has_its_parts():
    model = build("mark_i/paper")
    assert isinstance(model, MarkI)
    assert model.wiring.shape == (512, 400)
    assert model.linear.weight.shape == (8, 512)
    assert VARIANTS["paper"].params == 512 * 8
    assert model.wiring.abs().sum(0).max() <= 40  # sockets of a photocell
    assert (model.wiring.sum(1) == 0).all()  # as many wires excite as inhibit
    assert (model.wiring.abs().sum(1) <= 30).all()  # less where two wires of one cell cancel


def test_only_lit_or_dark_counts_and_a_dark_retina_is_silent():
    model, (pictures, labels) = machine(), lamps()
    learn(model, pictures, labels)
    assert torch.equal(model(100 * pictures), model(pictures))
    assert not model(-torch.ones(1, 1, 20, 20)).any()


def test_more_wires_than_sockets_are_refused_in_one_line():
    with pytest.raises(UserError, match=r"20480 wires, .* 16000 sockets"):
        build("mark_i", connections=40)
