"""What the paper claims of WaveNet, beyond the contract it shares with the rest."""

import dataclasses

import pytest
import torch

from nna import contract
from nna.architectures.convolutional.wavenet.generate import generate
from nna.architectures.convolutional.wavenet.model import Layer, WaveNet
from nna.architectures.convolutional.wavenet.spec import SPEC, Config


def network(**changes) -> WaveNet:
    torch.manual_seed(0)
    return WaveNet(dataclasses.replace(SPEC.tiny, **changes)).double().eval()


@pytest.mark.parametrize(
    ("cycles", "layers", "reach"), [(1, 10, 1024), (3, 5, 94), (2, 2, 7), (1, 1, 2)]
)
def test_a_prediction_hangs_on_its_reach_and_on_no_sample_more(cycles, layers, reach):
    model = network(cycles=cycles, layers=layers)
    vectors = []
    model.stem.register_forward_hook(lambda _, __, out: vectors.append(out) or out.retain_grad())
    length = reach + 30
    model(torch.randint(20, (1, length)))[0, -5].square().sum().backward()
    seen = vectors[0].grad[0].abs().sum(1).nonzero().flatten()
    assert model.reach == reach
    assert (int(seen.min()), int(seen.max())) == (length - 5 - reach + 1, length - 5)


def test_thirty_layers_of_section_2_1_reach_3_070_samples():
    assert Config(cycles=3, layers=10).reach == 3 * 1023 + 1


def test_nothing_ahead_is_seen():
    model = network()
    tokens = torch.randint(20, (1, 12))
    changed = tokens.clone()
    changed[0, 7] = (changed[0, 7] + 1) % 20
    moved = (model(tokens) - model(changed)).abs().sum(2)[0]
    assert moved[:7].count_nonzero() == 0
    assert moved[7] > 0


def test_the_reach_doubles_with_a_layer_and_the_numbers_grow_by_one_layer():
    small, large = network(cycles=1, layers=5), network(cycles=1, layers=6)
    assert large.reach == 2 * small.reach
    layer = contract.count_parameters(Layer(6, 8, dilation=1))
    grown = contract.count_parameters(large) - contract.count_parameters(small)
    assert grown == layer


def test_a_closed_gate_lets_the_samples_pass_unchanged():
    torch.manual_seed(0)
    layer = Layer(4, 8, dilation=2)
    with torch.no_grad():
        layer.residual.get_parameter("bias").fill_(0.0)
        layer.gate.get_parameter("bias").fill_(-100.0)
    x = torch.randn(1, 4, 9)
    torch.testing.assert_close(layer(x)[0], x)


def test_what_is_older_than_its_reach_leaves_no_trace():
    model = network()
    tokens = torch.randint(20, (1, 30))
    for age, same in ((model.reach - 1, False), (model.reach, True)):
        changed = tokens.clone()
        changed[0, 29 - age] = (changed[0, 29 - age] + 1) % 20
        moved = (model(tokens) - model(changed))[0, -1].abs().max()
        assert (moved == 0) == same


def test_writing_needs_only_what_is_within_reach():
    model = network()
    prompt = torch.randint(20, (1, 25))
    written = generate(model, prompt, steps=6, temperature=0.0)
    short = generate(model, prompt[:, -model.reach :], steps=6, temperature=0.0)
    assert written[0, -6:].tolist() == short[0, -6:].tolist()
    likeliest = model(written)[0].argmax(1)
    assert likeliest[24:-1].tolist() == written[0, 25:].tolist()
