"""What is claimed of Kolmogorov-Arnold networks, beyond the contract they share with the rest."""

import math

import pytest
import torch
from torch import Tensor, nn

from nna.architectures.feedforward.kan.model import KAN, Layer, b_splines
from nna.architectures.feedforward.kan.spec import VARIANTS, Config


def line(low: float, high: float, steps: int = 200) -> Tensor:
    return torch.linspace(low, high, steps, dtype=torch.float64)[:, None]


def seeded(seed: int = 0, **sizes) -> KAN:
    torch.manual_seed(seed)
    return KAN(Config(**sizes)).double()


def first(model: KAN) -> Layer:
    layer = model.body[0]
    assert isinstance(layer, Layer)
    return layer


def fit(model: nn.Module, x: Tensor, y: Tensor, steps: int = 60) -> float:
    """L-BFGS on all examples at once, as the paper does; the root mean squared error left."""
    optimiser = torch.optim.LBFGS(
        model.parameters(), max_iter=steps, line_search_fn="strong_wolfe", tolerance_change=1e-14
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        error = (model(x) - y).square().mean()
        error.backward()
        return error

    optimiser.step(loss)
    with torch.no_grad():
        return float((model(x) - y).square().mean().sqrt())


def test_within_the_grid_the_b_splines_are_positive_parts_of_one():
    layer = Layer(1, 1, grid=5, span=1.0).double()
    basis = b_splines(line(-1.0, 1.0), layer.knots)
    assert basis.shape == (200, 1, 8)
    assert basis.min() >= 0
    torch.testing.assert_close(basis.sum(-1), torch.ones(200, 1).double())


def test_a_coefficient_moves_its_curve_over_four_intervals_only():
    layer = Layer(1, 1, grid=10, span=1.0).double()  # intervals of 0.2
    x = line(-1.0, 1.0, 401)
    with torch.no_grad():
        before = layer(x)
        layer.coefficients[0, 0, 5] += 1  # on knots -0.6 to 0.2
        moved = (layer(x) - before).abs()[:, 0]
    inside = (x[:, 0] > -0.6 + 1e-6) & (x[:, 0] < 0.2 - 1e-6)
    assert (moved[inside] > 0).all()
    assert (moved[~inside] < 1e-12).all()


def test_halving_the_intervals_keeps_the_function():
    model = seeded(features=2, hidden=(), classes=1, grid=4)
    x = torch.cartesian_prod(*[line(-1.0, 1.0, 40)[:, 0]] * 2)
    with torch.no_grad():
        before = model(x)
        model.regrid(x, grid=8)
        torch.testing.assert_close(model(x), before, rtol=0, atol=1e-9)
    assert first(model).coefficients.shape == (2, 1, 11)


def test_grids_follow_the_samples():
    model = seeded(features=2, hidden=(3,), classes=1)
    x = 50 + 10 * torch.rand(60, 2, dtype=torch.float64)
    assert (b_splines(x, first(model).knots) == 0).all()  # out of reach, until
    model.regrid(x, grid=3)
    torch.testing.assert_close(first(model).knots[:, 3], x.amin(0))
    torch.testing.assert_close(first(model).knots[:, -4], x.amax(0))
    assert (b_splines(x, first(model).knots) > 0).any(dim=-1).all()


def test_finer_grids_lower_the_error_in_stairs():
    """Section 2.4's own example, exp(sin(pi x) + y^2), in the shape that can hold it."""
    generator = torch.Generator().manual_seed(0)
    x = 2 * torch.rand(200, 2, generator=generator, dtype=torch.float64) - 1
    y = torch.exp(torch.sin(math.pi * x[:, :1]) + x[:, 1:] ** 2)
    errors = min((staired(start, x, y) for start in range(3)), key=lambda stair: stair[-1])
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    assert errors[2] < 0.01


def staired(start: int, x: Tensor, y: Tensor) -> list[float]:
    """The errors on three grids; of ten starts, two end where no grid helps."""
    model = seeded(start, features=2, hidden=(1,), classes=1, grid=3)
    errors = [fit(model, x, y)]
    for grid in (6, 12):
        model.regrid(x, grid)
        errors.append(fit(model, x, y))
    return errors


def test_one_layer_only_adds():
    """[2, 1]: for any weights, the corners of a rectangle cancel, so there is no product of two."""
    model = seeded(features=2, hidden=(), classes=1, grid=6)
    a, b, c, d = torch.randn(4, 50, 1, dtype=torch.float64, generator=torch.manual_seed(1))

    def at(x: Tensor, y: Tensor) -> Tensor:
        return model(torch.cat([x, y], dim=1))

    torch.testing.assert_close(at(a, b) + at(c, d), at(a, d) + at(c, b))


def test_two_layers_multiply():
    """2xy = (x + y)^2 - (x^2 + y^2), so [2, 2, 1] is enough (paper, figure 4.1)."""
    x = torch.cartesian_prod(*[line(-1.0, 1.0, 15)[:, 0]] * 2)
    y = x[:, :1] * x[:, 1:]
    flat = fit(seeded(features=2, hidden=(), classes=1), x, y)
    deep = fit(seeded(features=2, hidden=(2,), classes=1), x, y)
    assert flat > 0.99 * y.square().mean().sqrt()  # no better than saying zero
    assert deep < 0.1 * flat


def test_a_wave_ends_where_the_grid_ends():
    layer = seeded(features=1, hidden=(), classes=1, grid=20, span=2.0)
    x = line(-2.0, 2.0)
    assert fit(layer, x, torch.sin(2 * math.pi * x)) < 0.01
    beyond = line(2.7, 10.0)  # the last spline's support ends at 2.6
    with torch.no_grad():
        expected = torch.nn.functional.silu(beyond) * first(layer).base
        torch.testing.assert_close(layer(beyond), expected)
        error = (layer(beyond) - torch.sin(2 * math.pi * beyond)).square().mean().sqrt()
    assert error > 0.5


class Perceptron(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 50), nn.SiLU(), nn.Linear(50, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


@pytest.mark.slow
def test_peaks_learned_one_by_one_stay():
    """Figure 3.4: five peaks, shown one after the other; the MLP forgets all but the last."""
    centres = (-0.8, -0.4, 0.0, 0.4, 0.8)

    def peaks(x: Tensor) -> Tensor:
        return sum((torch.exp(-300 * (x - c) ** 2) for c in centres), torch.zeros_like(x))

    def after_all(model: nn.Module) -> float:
        optimiser = torch.optim.Adam(model.parameters(), lr=0.02, fused=True)
        for c in centres:
            x = line(c - 0.2, c + 0.2, 60)
            y = peaks(x)
            for _ in range(300):
                optimiser.zero_grad()
                (model(x) - y).square().mean().backward()
                optimiser.step()
        x = line(-1.0, 1.0)
        with torch.no_grad():
            return float((model(x) - peaks(x)).square().mean().sqrt())

    curve = seeded(features=1, hidden=(), classes=1, grid=50)
    first(curve).base.requires_grad_(False).zero_()  # a SiLU reaches everywhere,
    first(curve).scale.requires_grad_(False)  # and so does the spline's common factor
    nn.init.zeros_(first(curve).coefficients)
    torch.manual_seed(0)
    forgetful = after_all(Perceptron().double())
    assert after_all(curve) < 0.1
    assert forgetful > 0.25


def test_the_paper_counts_coefficients():
    """Table 3's "2 x 10^2" are (G + k) for each of the 17 + 14 edges; two weights an edge more."""
    knot = VARIANTS["knot"]
    edges = 17 * 1 + 1 * 14
    assert edges * (3 + 3) == 186
    assert knot.params == edges * (3 + 3 + 2)


def test_layers_without_nodes_are_refused():
    with pytest.raises(ValueError, match="nodes"):
        KAN(Config(features=2, hidden=(0,), classes=1))
