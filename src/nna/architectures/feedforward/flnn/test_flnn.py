"""What is proven of functional-link networks, beyond the contract they share with the rest."""

from itertools import product
from typing import Literal

import numpy as np
import pytest
import torch

from nna import build
from nna.architectures.feedforward.flnn.model import EXPANSIONS, FLNN
from nna.architectures.feedforward.flnn.spec import VARIANTS, Config
from nna.errors import UserError
from nna.learning.base import Batch, Turn
from nna.objectives.delta_rule import DeltaRule
from nna.objectives.pseudo_inverse import PseudoInverse

Kind = Literal["powers", "trigonometric", "chebyshev", "legendre"]
KINDS: tuple[Kind, ...] = ("powers", "trigonometric", "chebyshev", "legendre")


def cases(bits: int) -> torch.Tensor:
    return torch.tensor(list(product((-1.0, 1.0), repeat=bits))).double()


def odd(x: torch.Tensor) -> torch.Tensor:
    """1 where an odd number of bits is set."""
    return ((x > 0).sum(1) % 2).long()


def solved(config: Config, x: torch.Tensor, y: torch.Tensor) -> FLNN:
    """With least squares, the best weights that there are."""
    model = FLNN(config).double()
    turn = Turn(lambda *_: None, 1.0, progress=0.0)
    PseudoInverse().step(model, {}, Batch({"table": x}, {"y": y}), turn)
    return model


@pytest.mark.parametrize("expansion", KINDS)
@pytest.mark.parametrize("order", [1, 3, 7])
def test_functions_of_single_inputs_can_not_do_xor_and_one_product_can(expansion, order):
    x = cases(2) * torch.tensor([0.8, 0.5])
    alone = Config(features=2, classes=2, basis=expansion, order=order, span=1.0)
    model = FLNN(alone).double()
    torch.manual_seed(0)
    torch.nn.init.normal_(model.linear.weight)
    scores = model(x)  # of (-, -), (-, +), (+, -), (+, +): opposite corners have the same sum
    torch.testing.assert_close(scores[0] + scores[3], scores[1] + scores[2])
    assert solved(alone, x, odd(x))(x).abs().max() < 1e-9  # so the best is to say nothing
    joint = Config(features=2, classes=2, basis=expansion, order=order, products=True, span=1.0)
    answers = solved(joint, x, odd(x))(x)
    torch.testing.assert_close(answers[:, 1], 2 * odd(x).double() - 1, atol=1e-9, rtol=0)


def test_the_delta_rule_learns_xor_on_three_numbers():
    config = VARIANTS["xor"].config
    model, x = FLNN(config).double(), cases(2)
    turn = Turn(lambda *_: None, 0.1, progress=0.0)
    for _ in range(40):
        DeltaRule().step(model, {}, Batch({"table": x}, {"y": odd(x)}), turn)
    expected = torch.tensor([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]]).double()  # the product alone
    torch.testing.assert_close(model.linear.weight, expected, atol=0.02, rtol=0)


def test_three_bits_need_a_product_of_three():
    x = cases(3)
    config = Config(features=3, classes=2, basis="powers", order=3, products=True, span=1.0)
    assert solved(config, x, odd(x))(x).abs().max() < 1e-9


@pytest.mark.parametrize("kind", ["chebyshev", "legendre"])
def test_orthogonal_polynomials_are_orthogonal(kind):
    """Under their weights: 1 / sqrt(1 - x^2), summed at Chebyshev's points, and 1."""
    angles = (np.arange(40) + 0.5) * np.pi / 40
    points, weights = np.polynomial.legendre.leggauss(40)
    if kind == "chebyshev":
        points, weights = np.cos(angles), np.full(40, np.pi / 40)
    terms = torch.stack(EXPANSIONS[kind](torch.as_tensor(points), 6)).numpy()
    gram = (terms * weights) @ terms.T
    wanted = np.pi / 2 * np.ones(6) if kind == "chebyshev" else 2 / (2 * np.arange(1, 7) + 1)
    np.testing.assert_allclose(gram, np.diag(wanted), atol=1e-12)


def test_powers_and_orthogonal_polynomials_can_say_the_same_but_are_not_as_easy_to_learn():
    """One span of functions, other eigenvalues: the delta rule's pace depends on their ratio."""
    x = torch.linspace(-1, 1, 201).double()[:, None]
    y = torch.exp(x) * torch.sin(4 * x)
    answers, conditions = [], {}
    for kind in ("powers", "chebyshev", "legendre"):
        model = solved(Config(features=1, classes=1, basis=kind, order=7, span=1.0), x, y)
        fed = torch.cat([model.hidden(x), torch.ones_like(x)], dim=1)
        conditions[kind] = torch.linalg.cond(fed.T @ fed).item()
        answers.append(model(x).detach())
    torch.testing.assert_close(answers[1], answers[0], atol=1e-8, rtol=0)
    torch.testing.assert_close(answers[2], answers[0], atol=1e-8, rtol=0)
    assert conditions["powers"] > 1000 * max(conditions["chebyshev"], conditions["legendre"])


def test_beyond_the_span_polynomials_explode_and_waves_repeat():
    x = torch.tensor([[0.3], [2.0], [2.3]], dtype=torch.float64)
    terms = {
        kind: FLNN(Config(features=1, classes=1, basis=kind, order=5, span=1.0)).hidden(x)
        for kind in KINDS
    }
    assert terms["chebyshev"][1, -1].item() == pytest.approx(362)
    assert terms["chebyshev"][0].abs().max() <= 1
    assert terms["legendre"][1, -1].abs() > 100
    torch.testing.assert_close(terms["trigonometric"][0, 1:], terms["trigonometric"][2, 1:])


def test_an_order_of_nought_is_refused_in_one_line():
    with pytest.raises(UserError, match="order 1 at least, not 0"):
        build("flnn", order=0)
