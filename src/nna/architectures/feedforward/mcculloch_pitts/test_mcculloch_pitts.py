"""What is proven of McCulloch-Pitts neurons, beyond the contract they share with the rest."""

from itertools import product

import pytest
import torch

from nna.architectures.feedforward.mcculloch_pitts.model import McCullochPitts, Neurons
from nna.architectures.feedforward.mcculloch_pitts.objective import TruthTable
from nna.architectures.feedforward.mcculloch_pitts.spec import Config
from nna.errors import UserError
from nna.learning.base import Batch, Turn

XOR = (0, 1, 1, 0)
NAND = (1, 1, 1, 0)


def cases(inputs: int) -> torch.Tensor:
    return torch.tensor(list(product((0.0, 1.0), repeat=inputs)))


def neuron(synapses: tuple[int, ...], threshold: int) -> Neurons:
    """One neuron: so many excitatory synapses from each fibre, or an inhibitory one for -1."""
    made, wires = Neurons(len(synapses), 1), torch.tensor([synapses])
    made.excitatory = wires.clamp_min(0).float()
    made.inhibitory = (wires < 0).float()
    made.threshold = torch.tensor([float(threshold)])
    return made


def by_one_neuron(inputs: int, most: int) -> set[tuple[int, ...]]:
    """All functions that single neurons compute, with up to `most` synapses from each fibre."""
    x = cases(inputs)
    return {
        tuple(neuron(synapses, threshold)(x)[:, 0].int().tolist())
        for synapses in product(range(-1, most + 1), repeat=inputs)
        for threshold in range(most * inputs + 2)
    }


def by_signed_sums(inputs: int, most: int) -> set[tuple[int, ...]]:
    """All functions of units of a later kind: an inhibitory synapse subtracts, and vetoes not."""
    x = cases(inputs)
    return {
        tuple((x @ torch.tensor(weights).float() >= threshold).int().tolist())
        for weights in product(range(-most, most + 1), repeat=inputs)
        for threshold in range(-most * inputs, most * inputs + 2)
    }


def wired(x: torch.Tensor, y: torch.Tensor, hidden: int, classes: int = 2) -> McCullochPitts:
    model = McCullochPitts(Config(features=x.shape[1], hidden=hidden, classes=classes))
    TruthTable().step(
        model, {}, Batch({"table": x}, {"y": y}), Turn(lambda *_: None, 1.0, progress=0.0)
    )
    return model


def test_one_neuron_computes_11_of_16_and_42_of_256_functions_and_never_xor():
    two = by_one_neuron(2, most=2)
    assert len(two) == 11
    assert sum(not answers[0] for answers in two) == 7  # no threshold of zero: silent if all is
    missing = set(product((0, 1), repeat=4)) - two
    assert missing == {XOR, (1, 0, 0, 1), NAND, (1, 1, 0, 1), (1, 0, 1, 1)}
    assert len(by_one_neuron(3, most=2)) == len(by_one_neuron(3, most=3)) == 42
    assert sum(not answers[0] for answers in by_one_neuron(3, most=2)) == 34


def test_units_that_subtract_inhibition_compute_14_of_16_and_104_of_256():
    """So absolute inhibition is the poorer neuron, though nets of either are equally able."""
    assert len(by_signed_sums(2, most=2)) == 14
    assert len(by_signed_sums(3, most=2)) == len(by_signed_sums(3, most=3)) == 104
    assert by_one_neuron(2, most=2) < by_signed_sums(2, most=2)
    assert by_one_neuron(3, most=2) < by_signed_sums(3, most=2)


@pytest.mark.parametrize("inputs", [2, 3])
def test_a_net_of_two_layers_computes_every_function(inputs):
    x = cases(inputs)
    for answers in product((0, 1), repeat=len(x)):
        y = torch.tensor(answers)
        fired = wired(x, y, hidden=len(x))(x)
        assert torch.equal(fired, torch.stack([1 - y, y], dim=1).float())


def test_one_veto_outweighs_any_excitation_and_more_vetoes_change_nothing():
    made = neuron((1, 1, 1, 1, -1, -1), threshold=1)
    stirred = torch.tensor(
        [[1.0, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]]
    )
    assert made(stirred)[:, 0].tolist() == [1, 0, 0, 0]


def test_a_case_never_shown_is_answered_by_silence():
    x = cases(3)
    model = wired(x[:-1], torch.tensor([0, 1, 1, 0, 1, 0, 0]), hidden=8)
    assert model(x[:-1]).sum(1).eq(1).all()
    assert model(x[-1:]).eq(0).all()


def test_a_case_shown_with_several_classes_gets_the_most_frequent():
    x = torch.tensor([[1.0, 0.0]] * 3 + [[0.0, 1.0]])
    model = wired(x, torch.tensor([2, 0, 2, 1]), hidden=2, classes=3)
    assert model(x).argmax(1).tolist() == [2, 2, 2, 1]


def test_more_cases_than_neurons_are_one_clear_line():
    with pytest.raises(UserError, match=r"8 different cases .* there are 5: .*--set hidden=8"):
        wired(cases(3), torch.arange(8) % 2, hidden=5)
