"""What is proven of perceptrons, beyond the contract they share with the rest."""

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from sklearn.svm import SVC

from nna import registry
from nna.architectures.feedforward.perceptron.model import Perceptron
from nna.architectures.feedforward.perceptron.spec import Config
from nna.learning.base import Batch, Turn
from nna.objectives.perceptron_rule import PerceptronRule

CASES = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "xor": [0, 1, 1, 0]}


def one_pass(model: Perceptron, x: torch.Tensor, labels: torch.Tensor, rate: float = 1.0) -> int:
    """Show every example once in order, by the rule; how often unit 1, and so unit 0, erred."""
    turn = Turn(lambda *_: None, rate, progress=0.0)
    mistakes = PerceptronRule().step(model, {}, Batch({"table": x}, {"y": labels}), turn)[
        "mistakes"
    ]
    return round(len(x) * mistakes.item() / 2)


def accuracies(name: str, passes: int) -> list[float]:
    model, labels = Perceptron(Config(features=2, classes=2)), torch.tensor(GATES[name])
    figures = []
    for _ in range(passes):
        mistakes = one_pass(model, CASES, labels)
        figures.append((model(CASES).argmax(dim=1) == labels).float().mean().item())
        if not mistakes:
            break
    return figures


def a_line_parts(name: str) -> bool:
    """Whether some w and b give t (w.x + b) >= 1 on all four cases: a linear program."""
    t = 2 * np.array(GATES[name]) - 1
    rows = -t[:, None] * np.column_stack([CASES.numpy(), np.ones(4)])
    return linprog(np.zeros(3), A_ub=rows, b_ub=-np.ones(4), bounds=(None, None)).status == 0


@pytest.mark.parametrize("name", ["and", "or", "nand"])
def test_a_gate_that_a_line_parts_is_learnt_within_ten_passes(name):
    assert a_line_parts(name)
    assert accuracies(name, passes=10)[-1] == 1


def test_xor_defeats_it_while_and_or_nand_do_not():
    assert [name for name in GATES if not a_line_parts(name)] == ["xor"]
    figures = accuracies("xor", passes=1000)
    assert len(figures) == 1000  # it never has a pass without a mistake
    assert max(figures) <= 0.75


def test_fixed_random_association_units_make_xor_learnable():
    """As in the Mark I: what learns is a perceptron, but not on the retina itself."""
    solved = 0
    for seed in range(20):
        noise = torch.Generator().manual_seed(seed)
        wiring, threshold = torch.randn(2, 20, generator=noise), torch.randn(20, generator=noise)
        associated = (CASES @ wiring > threshold).float()
        model, labels = Perceptron(Config(features=20, classes=2)), torch.tensor(GATES["xor"])
        solved += any(one_pass(model, associated, labels) == 0 for _ in range(50))
    assert solved >= 18


def separable(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Forty points in the plane and the side of a random line on which they lie."""
    noise = torch.Generator().manual_seed(seed)
    x, w = torch.randn(40, 2, generator=noise), torch.randn(3, generator=noise)
    side = x @ w[:2] + 0.3 * w[2]
    return x[side.abs() > 0.1], (side[side.abs() > 0.1] > 0).long()


def most_mistakes(x: torch.Tensor, labels: torch.Tensor) -> float:
    """Novikoff's (R / gamma)^2, the bias being the weight of a constant 1.

    Adding every example's mirror image makes the widest margin pass through the origin.
    """
    z = np.column_stack([x.double().numpy(), np.ones(len(x))])
    t = 2 * labels.numpy() - 1
    machine = SVC(C=1e6, kernel="linear", tol=1e-6).fit(np.vstack([z, -z]), np.append(t, -t))
    gamma = (t * (z @ machine.coef_[0])).min() / np.linalg.norm(machine.coef_[0])
    assert gamma > 0
    return float((np.square(z).sum(axis=1).max()) / gamma**2)


def test_mistakes_stay_within_novikoffs_bound():
    tightest = 0.0
    for seed in range(60):
        x, labels = separable(seed)
        model = Perceptron(Config(features=2, classes=2))
        bound, mistakes = most_mistakes(x, labels), 0
        while (more := one_pass(model, x, labels)) and mistakes <= bound:
            mistakes += more
        assert mistakes <= bound
        assert torch.equal(model(x).argmax(dim=1), labels)
        tightest = max(tightest, mistakes / bound)
    assert tightest > 0.1  # a bound that nothing comes near would prove little


def test_the_rate_only_scales_the_weights():
    x, labels = separable(0)
    one, other = (Perceptron(Config(features=2, classes=2)) for _ in range(2))
    for _ in range(5):
        assert one_pass(one, x, labels, rate=1.0) == one_pass(other, x, labels, rate=2**-10)
    assert torch.equal(one.linear.weight, 2**10 * other.linear.weight)


def test_of_two_units_each_mirrors_the_other():
    x, labels = separable(1)
    model = Perceptron(Config(features=2, classes=2))
    one_pass(model, x, labels)
    assert torch.equal(model.linear.weight[0], -model.linear.weight[1])
    assert model.linear.weight.any()


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="two classes"):
        Perceptron(Config(features=2, classes=1))


def test_the_cards_example_by_hand():
    model, labels = Perceptron(Config(features=2, classes=2)), torch.tensor(GATES["or"])
    card, mistakes = registry.card("perceptron"), []
    while not mistakes or mistakes[-1]:
        mistakes.append(one_pass(model, CASES, labels))
        w, b = (one[1].int().tolist() for one in (model.linear.weight, model.linear.bias))
        assert f"| {len(mistakes)} | {mistakes[-1]} | ({w[0]}, {w[1]}) | {b} |" in card
    assert mistakes == [3, 1, 2, 2, 1, 0]
    assert most_mistakes(CASES, labels) == pytest.approx(27, rel=1e-3)
