"""What is proven of continuous flows: densities are exact, estimates unbiased, order is kept."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from nna import registry
from nna.architectures.generative.ffjord.model import FFJORD, trace
from nna.architectures.generative.ffjord.objective import FlowLikelihood, signs
from nna.architectures.generative.ffjord.sampler import sample
from nna.architectures.generative.ffjord.spec import Config
from nna.learning.base import Batch


def flow(features: int = 2, hidden: tuple[int, ...] = (8,), steps: int = 8, seed: int = 0):
    """A flow in double precision that bends noticeably."""
    torch.manual_seed(seed)
    model = FFJORD(Config(features=features, hidden=hidden, solver_steps=steps)).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.4 * torch.randn_like(parameter))
    return model.eval()


def linear(rows: list[list[float]], steps: int = 64) -> FFJORD:
    """The field f(z) = A z, whose flow is known: z(1) = exp(A) x."""
    matrix = torch.tensor(rows, dtype=torch.float64)
    model = FFJORD(Config(features=len(rows), hidden=(), solver_steps=steps)).double()
    with torch.no_grad():
        layer = model.dynamics.get_submodule("layers.0")
        assert isinstance(layer, nn.Linear)
        layer.weight.copy_(torch.cat([torch.zeros(len(rows), 1), matrix], dim=1))
        layer.bias.zero_()
    return model.eval()


@pytest.mark.parametrize("seed", range(2))
def test_densities_are_above_zero_and_make_one_in_all(seed):
    model, line = flow(seed=seed), torch.linspace(-12, 12, 121, dtype=torch.float64)
    grid = torch.cartesian_prod(line, line)
    with torch.no_grad():
        density = model.log_density(grid).exp()
    assert (density >= 0).all()
    assert float(density.sum()) * (24 / 120) ** 2 == pytest.approx(1, abs=1e-3)


def test_the_exact_trace_is_that_of_the_jacobian():
    model, z = flow(features=4), torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    found = trace(model.dynamics(0.3, z), z, None)
    field = lambda x: model.dynamics(0.3, x[None])[0]  # noqa: E731
    jacobians = torch.func.vmap(torch.func.jacrev(field))(z)
    expected = jacobians.diagonal(dim1=1, dim2=2).sum(1)
    torch.testing.assert_close(found, expected)
    assert expected.abs().min() > 1e-3


def all_signs(count: int, features: int):
    for row in itertools.product((-1.0, 1.0), repeat=features):
        yield torch.tensor(row, dtype=torch.float64).expand(count, -1)


def test_hutchinsons_estimates_are_right_on_average_in_density_and_gradient_and_never_alone():
    model, x = flow(features=3), torch.randn(6, 3, dtype=torch.float64)
    weights = [*model.parameters()]
    exact = model.log_density(x)
    estimates = torch.stack([model.log_density(x, probe) for probe in all_signs(6, 3)])
    torch.testing.assert_close(estimates.mean(0), exact)
    assert (estimates - exact).abs().max() > 0.05
    of_exact = torch.autograd.grad(exact.mean(), weights, retain_graph=True)
    of_mean = torch.autograd.grad(estimates.mean(), weights)
    for one, other in zip(of_exact, of_mean, strict=True):
        torch.testing.assert_close(one, other)


def test_probes_are_signs_and_training_alone_uses_them():
    torch.manual_seed(0)
    drawn = signs(torch.zeros(4000, 2))
    assert {*drawn.unique().tolist()} == {-1.0, 1.0}
    assert drawn.mean().abs() < 0.05
    model, batch = flow(), Batch({"table": torch.randn(9, 2, dtype=torch.float64)})
    exact = -model.log_density(batch.x).mean()
    by_probes = FlowLikelihood(probes=2)
    torch.testing.assert_close(by_probes.loss(model, batch)[0], exact)
    torch.testing.assert_close(FlowLikelihood().loss(model.train(), batch)[0], exact)
    assert (by_probes.loss(model, batch)[0] - exact).abs() > 1e-3


def test_what_flows_there_and_back_is_where_it_was():
    model, x = flow(steps=40), torch.randn(7, 2, dtype=torch.float64)
    torch.testing.assert_close(model.flow(model(x), 1.0, 0.0), x, rtol=0, atol=1e-5)


def test_a_linear_field_makes_a_gaussian_of_known_density_and_its_samples_have_its_spread():
    rows = [[0.3, -0.8], [0.5, -0.6]]
    model, x = linear(rows), torch.randn(6, 2, dtype=torch.float64)
    back = torch.linalg.matrix_exp(-torch.tensor(rows, dtype=torch.float64))
    gaussian = torch.distributions.MultivariateNormal(torch.zeros(2).double(), back @ back.T)
    with torch.no_grad():
        torch.testing.assert_close(model.log_density(x), gaussian.log_prob(x))
    drawn = sample(model, 20_000, torch.Generator().manual_seed(0))
    torch.testing.assert_close(drawn.T.cov(), back @ back.T, rtol=0.05, atol=0.02)


def test_finer_steps_come_nearer_by_the_fourth_power():
    x, exact = torch.ones(1, 1, dtype=torch.float64), math.e
    errors = [abs(float(linear([[1.0]], steps)(x).detach()) - exact) for steps in (2, 4, 8)]
    for coarse, fine in itertools.pairwise(errors):
        assert coarse / fine == pytest.approx(16, rel=0.2)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 999))
def test_on_a_line_order_is_kept_so_no_gap_between_two_heaps_is_ever_empty(seed):
    model = flow(features=1, hidden=(6,), steps=20, seed=seed)
    x = torch.linspace(-3, 3, 61, dtype=torch.float64)[:, None]
    with torch.no_grad():
        z, log = model(x)[:, 0], model.log_density(x)
    assert (z.diff() > 0).all()  # so the base, which has no gaps, gives every interval some mass
    assert log.isfinite().all()


def test_the_cards_example_by_hand():
    model, card = linear([[-math.log(2)]]), registry.card("ffjord")
    x = torch.ones(1, 1, dtype=torch.float64)
    with torch.no_grad():
        z, log = model(x).item(), model.log_density(x).item()
    assert z == pytest.approx(0.5)
    normal = torch.distributions.Normal(0.0, 1.0).log_prob(torch.tensor(0.5)).item()
    expected = torch.distributions.Normal(0.0, 2.0).log_prob(torch.tensor(1.0)).item()
    assert log == pytest.approx(expected)
    for value in (normal, -math.log(2), log):
        assert f"{value:.4f}" in card
    jacobian = torch.tensor([[1.0, 2.0], [3.0, -0.5]])
    estimates = [
        float(torch.tensor(e) @ jacobian @ torch.tensor(e)) for e in ([1.0, 1.0], [1.0, -1.0])
    ]
    assert estimates == [5.5, -4.5]
    assert sum(estimates) / 2 == jacobian.trace()
    assert "5.5" in card
    assert "-4.5" in card


def test_no_steps_are_refused():
    with pytest.raises(ValueError, match="at least 1, not 0"):
        FFJORD(Config(features=2, hidden=(4,), solver_steps=0))
