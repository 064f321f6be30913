"""Functional links: a single layer behind chosen functions of its inputs, on XOR and two moons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure

TRAIN, TEST = 1000, 2000
EXPANSIONS = {
    "none": ("powers", 1, "inputs as they are"),
    "powers": ("powers", 3, "powers to 3"),
    "trigonometric": ("trigonometric", 3, "sines and cosines to 3"),
    "chebyshev": ("chebyshev", 5, "Chebyshev to 5"),
    "legendre": ("legendre", 5, "Legendre to 5"),
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Percent of the moons right by each expansion, and XOR with and without a product."""
    import torch
    from sklearn.datasets import make_moons

    x, side = make_moons(100 if quick else TRAIN + TEST, noise=0.2, random_state=seed)
    points, sides, train = torch.tensor(x).float(), torch.tensor(side), len(x) // 3
    points = (points - points[:train].mean(0)) / points[:train].std(0)
    numbers: dict[str, float] = {}
    for name, (kind, order, _) in EXPANSIONS.items():
        model = solved(kind, order, False, points[:train], sides[:train])
        right = (model(points[train:]).argmax(1) == sides[train:]).float().mean()
        numbers[f"moons_{name}"] = 100 * right.item()
    torch.manual_seed(seed)
    cases = torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    cases = cases * (0.5 + torch.rand(2))  # how far apart the two values of each input are
    different = torch.tensor([0, 1, 1, 0])
    tried = [(kind, order, False) for kind, order, _ in EXPANSIONS.values()]
    for name, settings in (("product", [("powers", 1, True)]), ("alone", tried)):
        numbers[f"xor_{name}"] = any(
            exact(solved(*each, cases, different)(cases), different) for each in settings
        )
    return numbers


def solved(
    kind: str, order: int, products: bool, x: torch.Tensor, y: torch.Tensor
) -> torch.nn.Module:
    """A functional-link network with the best output weights, by the pseudo-inverse."""
    from nna import registry
    from nna.lab.learn import learn
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    model = registry.build("flnn", features=2, basis=kind, order=order, products=products)
    recipe = Recipe(objective="pseudo_inverse", epochs=1, batch_size=0)
    learn(model, recipe, Tensors.pair(x, y), seed=0)
    return model.eval()


def exact(scores: torch.Tensor, classes: torch.Tensor) -> bool:
    """Whether each case has the wanted +1 and -1, to a thousandth."""
    wanted = -1.0 + 2.0 * (classes[:, None] == classes.new_tensor([0, 1]))
    return bool((scores - wanted).abs().max() < 1e-3)


def figure(columns: Columns) -> Figure:
    """Moons by expansion, and XOR."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, rates, runs

    drawing, (left, right) = new(10, 2.8, 2)
    rows = [(columns[f"moons_{name}"], ORANGE if name == "none" else BLUE) for name in EXPANSIONS]
    runs(left, rows)
    left.axvline(95, color=GREY, linestyle=":", linewidth=1)
    left.set_yticks(range(len(rows)), [label for _, _, label in EXPANSIONS.values()])
    left.set(
        xlabel="test points right (%), a dot a run;\ndotted: the claim's bound", title="Two moons"
    )
    rates(
        right,
        [
            ("one product", columns["xor_product"], BLUE),
            ("any of these, no product", columns["xor_alone"], ORANGE),
        ],
    )
    right.set(xlabel="runs that solve it exactly (%)", title="XOR")
    return drawing


EXPERIMENT = Experiment(
    title="A single layer behind functional links",
    scope="on 1,000 generated points and XOR, solved exactly",
    claims=(
        Claim(
            row="FF-27",
            says="Expanding the inputs by non-linear functions lets a single layer solve "
            "non-linear problems.",
            by=(
                "Pao, Takefuji (1992). Functional-link net computing: theory, system architecture, "
                "and functionalities. Computer 25, 76-79",
            ),
            conditions=(
                Condition(says="XOR is solved with one product", of="xor_product", at_least=0.9),
                Condition(
                    says="two moons, sines and cosines", of="moons_trigonometric", at_least=95
                ),
                Condition(
                    says="two moons, Chebyshev's polynomials", of="moons_chebyshev", at_least=95
                ),
                Condition(
                    says="functions of one input each, without products, solve XOR",
                    of="xor_alone",
                    at_least=0.9,
                    limit=True,
                ),
                Condition(
                    says="without any expansion two moons are solved less well by five points",
                    of="moons_trigonometric",
                    minus="moons_none",
                    at_least=5,
                ),
            ),
            rather="It depends on the functions. A sum of functions of one input each can't be "
            "XOR: f(0) + g(0) + f(1) + g(1) is the same as f(0) + g(1) + f(1) + g(0). It takes "
            "products, whose number grows fast with the inputs.",
        ),
    ),
    protocol=Protocol(
        data="Two moons of scikit-learn with noise 0.2, drawn by the seed: 1,000 points to train "
        "on, 2,000 to test on, scaled to mean 0 and spread 1. XOR: its four cases, the two values "
        "of each input apart by a distance that the seed draws.",
        models="The architecture flnn: powers to the third, sines and cosines of one to three half "
        "turns, Chebyshev's and Legendre's polynomials to degree five, or the inputs as they are; "
        "inputs divided by three. For XOR also the inputs and their product.",
        training="Least squares by the pseudo-inverse, targets +1 and -1.",
        measured="Percent of the test points right; whether all scores of XOR are within 0.001 of "
        "their targets, with a product, and by any of the expansions without.",
        quick="100 points.",
    ),
    quantities={
        **{
            f"moons_{name}": Quantity(about=f"test points right, {label}", unit="%")
            for name, (_, _, label) in EXPANSIONS.items()
        },
        "xor_product": Quantity(about="XOR exact, product", unit="of the runs", yes_no=True),
        "xor_alone": Quantity(
            about="XOR exact by some expansion without products", unit="of the runs", yes_no=True
        ),
    },
    seeds=60,
    minutes=2,
    measure=measure,
    figure=figure,
)
