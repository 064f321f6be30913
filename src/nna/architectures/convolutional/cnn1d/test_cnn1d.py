"""What is claimed of networks over time, beyond the contract they share with the rest."""

import pytest
import torch
from torch import nn

import nna
from nna.architectures.convolutional.cnn1d.model import CNN1D
from nna.architectures.convolutional.cnn1d.spec import SPEC, VARIANTS, Config
from nna.errors import UserError

TDNN = VARIANTS["tdnn"].config


def dilated(layers: int) -> Config:
    """Two taps a layer, twice as far apart in each."""
    return Config(
        widths=(4,) * (layers - 1),
        kernels=(2,) * layers,
        dilations=tuple(2**i for i in range(layers)),
        activation="relu",
        channels=2,
        classes=3,
    )


def series(steps: int, *events: tuple[int, torch.Tensor]) -> torch.Tensor:
    """Silence, and events from the step given on."""
    x = torch.zeros(1, steps, events[0][1].shape[1])
    for start, event in events:
        x[0, start : start + len(event)] = event
    return x


def test_the_paper_s_network_has_its_connections():
    """6,233: weights and biases of every unit at every step, and of the three outputs."""
    steps, connections = 15, 0
    for kernel, c_in, units in ((3, 16, 8), (5, 8, 3)):
        steps -= kernel - 1
        connections += steps * units * (kernel * c_in + 1)
    assert connections + 3 * (steps + 1) == 6_233

    sizes = []
    model = CNN1D(TDNN)
    for layer in (m for m in model.modules() if isinstance(m, nn.Conv1d)):
        layer.register_forward_hook(lambda layer, _, out: sizes.append(tuple(out.shape[1:])))
    model(torch.randn(1, 15, 16))
    assert sizes == [(8, 13), (3, 9)]


@pytest.mark.parametrize(
    ("config", "reach"), [(TDNN, 7), (SPEC.tiny, 9), (VARIANTS["desk"].config, 7), (dilated(6), 64)]
)
def test_one_unit_of_the_last_layer_sees_its_reach_and_no_more(config, reach):
    torch.manual_seed(0)
    model = CNN1D(config).double()
    model.body = nn.Sequential(*(nn.Tanh() if isinstance(m, nn.ReLU) else m for m in model.body))
    x = torch.randn(1, reach + 20, config.channels, dtype=torch.double, requires_grad=True)
    model.body(x.transpose(1, 2))[0, :, 10].sum().backward()
    assert x.grad is not None
    seen = x.grad[0].abs().sum(1).nonzero().flatten()
    assert config.reach == reach
    assert (int(seen.min()), int(seen.max())) == (10, 10 + reach - 1)


def test_with_dilations_the_reach_doubles_by_a_layer_and_the_numbers_hardly_grow():
    small, large = CNN1D(dilated(5)), CNN1D(dilated(6))
    assert large.reach == 2 * small.reach
    grown = sum(p.numel() for p in large.parameters()) - sum(p.numel() for p in small.parameters())
    assert grown == 4 * 4 * 2 + 4


def test_an_event_moved_in_time_gives_the_same_scores():
    torch.manual_seed(0)
    model, event = CNN1D(TDNN).double(), torch.randn(4, 16)
    early = model(series(40, (8, event)).double())
    late = model(series(40, (27, event)).double())
    torch.testing.assert_close(early, late, rtol=0, atol=1e-12)
    assert (early - model(series(40, (8, -event)).double())).abs().max() > 1e-3


def test_events_beyond_its_reach_add_up():
    torch.manual_seed(0)
    model, one, other = CNN1D(TDNN).double(), torch.randn(3, 16), torch.randn(3, 16)
    first, second, both, none = (
        model(series(40, *events).double())
        for events in (
            [(8, one)],
            [(28, other)],
            [(8, one), (28, other)],
            [(0, torch.zeros(1, 16))],
        )
    )
    torch.testing.assert_close(both - none, (first - none) + (second - none))


def test_the_order_of_events_beyond_its_reach_leaves_no_trace():
    torch.manual_seed(0)
    model, one, other = CNN1D(TDNN).double(), torch.randn(3, 16), torch.randn(3, 16)

    def scores(apart: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Of one before other, and of other before one."""
        ahead = model(series(60, (10, one), (10 + apart, other)).double())
        return ahead, model(series(60, (10, other), (10 + apart, one)).double())

    near, turned = scores(apart=4)
    assert (near - turned).abs().max() > 1e-4
    far, turned = scores(apart=3 + model.reach)
    torch.testing.assert_close(far, turned, rtol=0, atol=1e-12)


def test_a_series_shorter_than_its_reach_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="5 steps; it needs 7"):
        CNN1D(TDNN)(torch.randn(1, 5, 16))


def test_a_kernel_missing_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="need 2 kernels and dilations, not 1 and 2"):
        nna.build("cnn1d/tdnn", kernels=(3,))
