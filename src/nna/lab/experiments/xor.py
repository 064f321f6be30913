"""XOR: what one threshold unit can't learn, and how often a hidden layer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CASES = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
GATES = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "xor": (0, 1, 1, 0)}
WIDTHS = (2, 4, 8)


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train a perceptron on each gate, and three networks with a hidden layer on XOR."""
    best = {gate: perceptron(gate, seed, 20 if quick else 1000) for gate in GATES}
    return {
        **{f"{gate}_learnt": best[gate] == 1 for gate in GATES},
        "xor_best": 100 * best["xor"],
        "line_others": all(a_line_parts(gate) for gate in ("and", "or", "nand")),
        "line_xor": a_line_parts("xor"),
        **{f"mlp_{width}": mlp(width, seed, 30 if quick else 500) for width in WIDTHS},
    }


def perceptron(gate: str, seed: int, most: int) -> float:
    """The best accuracy at the end of an epoch; what a line parts is given 50 epochs at most."""
    import torch

    from nna import registry
    from nna.lab.learn import learn
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    epochs = most if gate == "xor" else min(most, 50)
    error = learn(
        registry.build("perceptron", features=2, classes=2),
        Recipe(objective="perceptron_rule", epochs=epochs, learning_rate=1.0, batch_size=0),
        Tensors.pair(torch.tensor(CASES), torch.tensor(GATES[gate])),
        seed=seed,
        watched=True,
    )
    assert error is not None
    return 1 - error


def a_line_parts(gate: str) -> bool:
    """Whether some w and b give t (w.x + b) >= 1 on all four cases, t = +-1: a linear program."""
    import numpy as np
    from scipy.optimize import linprog

    t = 2 * np.array(GATES[gate]) - 1
    rows = -t[:, None] * np.column_stack([np.array(CASES), np.ones(4)])
    feasible, infeasible = 0, 2
    status = linprog(np.zeros(3), A_ub=rows, b_ub=-np.ones(4), bounds=(None, None)).status
    assert status in (feasible, infeasible)
    return status == feasible


def mlp(hidden: int, seed: int, steps: int) -> bool:
    """Whether a 2-hidden-1 network ends on the right side of one half in all four cases."""
    import torch

    from nna import registry
    from nna.lab.learn import learn
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    torch.manual_seed(seed)
    model = registry.build("mlp", features=2, hidden=(hidden,), classes=1, activation="tanh")
    cases, answers = torch.tensor(CASES), torch.tensor(GATES["xor"], dtype=torch.float32)
    recipe = Recipe(objective="squared_error", epochs=steps, learning_rate=0.05, batch_size=0)
    learn(model, recipe, Tensors.pair(cases, answers), seed=seed)
    with torch.no_grad():
        said = model.eval()(cases)[:, 0] > 0.5
    return bool((said == (answers > 0.5)).all())


def figure(columns: Columns) -> Figure:
    """The share of runs in which each network learns each gate."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, rates

    drawing, (axis,) = new(7, 3.6)
    best = max(columns["xor_best"])
    notes = {"xor": f" (at best {best:.0f} % right)"}
    gates = [
        (f"perceptron, {gate.upper()}{notes.get(gate, '')}", columns[f"{gate}_learnt"], BLUE)
        for gate in GATES
    ]
    nets = [(f"2-{width}-1 network, XOR", columns[f"mlp_{width}"], ORANGE) for width in WIDTHS]
    rates(axis, [*gates, *nets])
    axis.axvline(90, color=GREY, linestyle=":", linewidth=1)
    axis.set(
        xlabel="runs that get all four cases right (%), with 95 % interval;\n"
        "dotted: the bound for learning",
        title="How often a network learns a gate",
    )
    return drawing


def _rate(about: str) -> Quantity:
    return Quantity(about=about, unit="of the runs", yes_no=True)


EXPERIMENT = Experiment(
    title="XOR, without and with a hidden layer",
    scope="on the four cases of each gate, 500 steps",
    claims=(
        Claim(
            row="FF-03",
            says="A perceptron learns AND, OR and NAND, but never XOR.",
            by=(
                "Minsky, Papert (1969). Perceptrons. MIT Press (parity)",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 6.1",
            ),
            conditions=(
                *(
                    Condition(
                        says=f"it gets all four cases of {gate.upper()} right",
                        of=f"{gate}_learnt",
                        at_least=0.9,
                    )
                    for gate in ("and", "or", "nand")
                ),
                Condition(
                    says="it ends some epoch with more than three cases of XOR right",
                    of="xor_learnt",
                    at_most=0.1,
                ),
                Condition(
                    says="a linear program finds a line that parts XOR",
                    of="line_xor",
                    at_most=0.1,
                ),
                Condition(
                    says="the same program finds lines that part the other three gates",
                    of="line_others",
                    at_least=0.9,
                ),
            ),
        ),
        Claim(
            row="FF-04",
            says="A network with one hidden layer learns XOR by back-propagation.",
            by=(
                "Rumelhart, Hinton, Williams (1986). Learning internal representations by error "
                "propagation. In: Parallel Distributed Processing 1, chapter 8",
            ),
            conditions=(
                Condition(says="four hidden units learn it", of="mlp_4", at_least=0.9),
                Condition(says="eight hidden units learn it", of="mlp_8", at_least=0.9),
                Condition(
                    says="two hidden units, as many as it needs, learn it as reliably",
                    of="mlp_2",
                    at_least=0.9,
                    limit=True,
                ),
            ),
            rather="With two hidden units, the fewest that can represent it, from most starts "
            "only: here from about four of five. Spare units make it sure.",
        ),
    ),
    protocol=Protocol(
        data="The four cases of each gate, inputs 0 and 1; trained and tested on the same four, "
        "since there are no others.",
        models="The architecture perceptron with two inputs and two classes, weights zero at "
        "first; the architecture mlp 2-h-1 with tanh, h = 2, 4, 8, Glorot's weights, one linear "
        "output.",
        training="Perceptron: its rule, rate 1, the four cases in an order drawn for each epoch, "
        "1,000 epochs for XOR and 50 for the gates that a line parts. Networks: half the squared "
        "error, Adam at rate 0.05, 500 steps on all four cases.",
        measured="Perceptron: the best share of cases right at the end of any epoch, and by a "
        "linear program whether any weights could do better. Networks: whether the output is on "
        "the right side of one half in all four cases after the last step.",
        quick="20 epochs and 30 steps.",
    ),
    quantities={
        **{
            f"{gate}_learnt": _rate(f"the perceptron gets all of {gate.upper()} right some time")
            for gate in GATES
        },
        "xor_best": Quantity(about="the perceptron's best on XOR", unit="% of the cases"),
        "line_others": _rate("a linear program finds lines for AND, OR and NAND"),
        "line_xor": _rate("a linear program finds a line for XOR"),
        **{
            f"mlp_{width}": _rate(f"the 2-{width}-1 network gets all of XOR right")
            for width in WIDTHS
        },
    },
    seeds=60,
    minutes=12,
    measure=measure,
    figure=figure,
)
