"""What is claimed of radial basis function networks, beyond the contract shared with the rest."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from nna import registry
from nna.architectures.feedforward.rbfn.model import RBFN
from nna.architectures.feedforward.rbfn.objective import RIDGES, RadialBasis, solve_readout
from nna.architectures.feedforward.rbfn.spec import VARIANTS, Config
from nna.errors import UserError
from nna.learning.base import Batch, Turn


def on(centres: torch.Tensor, width: float, classes: int = 1) -> RBFN:
    """A network in float64 with these centres, this width, and no bias."""
    units, features = centres.shape
    model = RBFN(Config(features=features, units=units, classes=classes)).double()
    with torch.no_grad():
        model.centres.copy_(centres)
        model.widths.fill_(width)
        model.head.bias.zero_()
    return model


def fit(model: RBFN, x: torch.Tensor, y: torch.Tensor, bias: bool = True) -> None:
    """Solve for the output layer by least squares, centres and widths being what they are."""
    with torch.no_grad():
        columns = [model.hidden(x)] + [torch.ones(len(x), 1)] * bias
        weights = torch.linalg.lstsq(torch.cat(columns, dim=1), y, driver="gelsd").solution
        model.head.weight.copy_(weights[: model.head.in_features].T)
        if bias:
            model.head.bias.copy_(weights[-1])


def test_the_exclusive_or_is_solved_exactly_with_a_centre_on_each_case():
    cases = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    answers = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)
    assert VARIANTS["xor"].config.units == 4
    model = on(cases, width=1.0)
    fit(model, cases, answers, bias=False)
    torch.testing.assert_close(model(cases), answers)
    # by symmetry two weights are one value u, two another v; solved by hand with p = phi(1)
    p = math.exp(-0.5)
    u, v = -2 * p / (1 - p**2) ** 2, (1 + p**2) / (1 - p**2) ** 2
    torch.testing.assert_close(model.head.weight, torch.tensor([[u, v, v, u]]).double())


@pytest.mark.parametrize(("features", "width"), [(1, 0.05), (3, 0.5), (8, 1.5)])
def test_with_a_centre_on_each_example_it_interpolates_anything(features, width):
    noise = torch.Generator().manual_seed(features)
    x = torch.randn(30, features, generator=noise, dtype=torch.float64)
    y = torch.randn(30, 2, generator=noise, dtype=torch.float64)
    model = on(x, width, classes=2)
    assert torch.linalg.eigvalsh(model.hidden(x)).min() > 0  # Micchelli 1986: so it can be solved
    fit(model, x, y, bias=False)
    torch.testing.assert_close(model(x), y)


def test_a_straight_line_ends_where_the_data_end():
    x = torch.linspace(-1, 1, 200, dtype=torch.float64)[:, None]
    model = on(torch.linspace(-1, 1, 17, dtype=torch.float64)[:, None], width=0.3)
    fit(model, x, 3 * x + 1)
    assert (model(x) - (3 * x + 1)).abs().max() < 0.01
    far = torch.tensor([[-10.0], [5.0], [10.0], [1000.0]], dtype=torch.float64)
    assert (model(far) - model.head.bias).abs().max() < 1e-9
    assert (model(far) - (3 * far + 1)).abs().min() > 10


def test_a_unit_is_not_heard_six_widths_away():
    model = on(torch.zeros(1, 2, dtype=torch.float64), width=0.5)
    away = torch.tensor([[0.0, 0.0], [0.5, 0.0], [0.0, 3.0]], dtype=torch.float64)
    torch.testing.assert_close(
        model.hidden(away)[:, 0],
        torch.tensor([1.0, math.exp(-0.5), math.exp(-18)], dtype=torch.float64),
    )
    with torch.no_grad():
        before = model(away)
        model.head.weight += 1
        assert (model(away) - before)[2].abs() < 1e-7


def test_only_distances_count():
    noise = torch.Generator().manual_seed(0)
    x, centres = torch.randn(2, 6, 4, generator=noise, dtype=torch.float64)
    turn = torch.linalg.qr(torch.randn(4, 4, generator=noise, dtype=torch.float64)).Q
    shift = torch.randn(4, generator=noise, dtype=torch.float64)
    here, there = on(centres, width=2.0).hidden(x), on(centres @ turn + shift, width=-2.0)
    torch.testing.assert_close(there.hidden(x @ turn + shift), here)


def test_a_solved_readout_is_the_ridge_regression_that_leaves_single_examples_out_best():
    rng = np.random.default_rng(0)
    hidden, target = rng.normal(size=(40, 6)), rng.normal(size=(40, 2))
    weight, bias = solve_readout(torch.tensor(hidden), torch.tensor(target))

    def left_out(ridge):
        """The error at each example of the solution from all the others."""
        errors = []
        for i in range(40):
            rest = np.arange(40) != i
            model = Ridge(alpha=40 * ridge).fit(hidden[rest], target[rest])
            errors.append(model.predict(hidden[[i]]) - target[[i]])
        return np.square(errors).mean()

    best = Ridge(alpha=40 * min(RIDGES, key=left_out)).fit(hidden, target)
    np.testing.assert_allclose(weight.numpy(), best.coef_, atol=1e-8)
    np.testing.assert_allclose(bias.numpy(), best.intercept_, atol=1e-8)


def test_more_centres_than_examples_are_one_clear_line():
    model = RBFN(Config(features=2, units=9, classes=2))
    batch = Batch({"input": torch.randn(5, 2)}, {"y": torch.tensor([0, 1, 0, 1, 0])})
    with pytest.raises(UserError, match=r"9 centres .* has 5: .*--set units=2"):
        RadialBasis().step(model, {}, batch, Turn(lambda *_: None, 1.0, progress=0.0))


def test_the_cards_example_by_hand():
    cases = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    model, card = on(cases, width=1.0), registry.card("rbfn")
    fit(model, cases, torch.tensor([[0.0], [1.0], [1.0], [0.0]]).double(), bias=False)
    elsewhere = model(torch.tensor([[0.5, 0.5], [3.0, 3.0]]).double())[:, 0]
    middle = model.hidden(torch.tensor([[0.5, 0.5]]).double())[0, 0]
    shares = model.hidden(cases)[0, [1, 3]]
    for value in (*shares, *model.head.weight[0, :2], middle, *elsewhere):
        assert f"{float(value):.4f}" in card
