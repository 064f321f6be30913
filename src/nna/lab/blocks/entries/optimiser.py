"""Optimisers: what becomes a step of the gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nna.lab.blocks.entry import Code, Fact, Optimiser
from nna.spec import Architecture, Paper

SGD = Code("torch.optim.SGD", {"lr": 0.1})
MOMENTUM = Code("torch.optim.SGD", {"lr": 0.05, "momentum": 0.9})
NESTEROV = Code("torch.optim.SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True})
ADAGRAD = Code("torch.optim.Adagrad", {"lr": 0.01})
RMSPROP = Code("torch.optim.RMSprop", {"lr": 0.001})
ADAM = Code("torch.optim.Adam", {"lr": 0.001})
ADAMW = Code("torch.optim.AdamW", {"lr": 0.001, "weight_decay": 0.01})

WITHOUT_OPTIMISER = frozenset(  # objectives: rules and closed forms, whose steps are their own
    {
        "batch_map",
        "boltzmann",
        "contrastive_divergence",
        "delta_rule",
        "greedy_contrastive_divergence",
        "hebb",
        "kohonen",
        "neocognitron",
        "perceptron_rule",
        "persistent_contrastive_divergence",
        "pseudo_inverse",
        "radial_basis",
        "ridge_readout",
        "store",
        "truth_table",
    }
)


def descends(spec: Architecture) -> bool:
    """Whether an architecture's recipe takes steps by an optimiser."""
    return spec.recipe.objective not in WITHOUT_OPTIMISER


def _by(optimiser: str) -> Callable[[Architecture], bool]:
    return lambda spec: descends(spec) and spec.recipe.optimiser == optimiser


def _moved(step: Code, gradients: Iterable[float], start: float = 0.0) -> Callable[[], float]:
    """How far a weight went in the last of some steps, in units of the rate; downhill is plus."""

    def measure() -> float:
        import torch

        weight = torch.tensor([start], dtype=torch.float64, requires_grad=True)
        optimiser, before = step([weight]), start
        for gradient in gradients:
            before = float(weight.detach())
            weight.grad = torch.tensor([gradient], dtype=torch.float64)
            optimiser.step()
        return (before - float(weight.detach())) / step.settings["lr"]

    return measure


BLOCKS = (
    Optimiser(
        name="sgd",
        told=lambda spec: _by("sgd")(spec) and not spec.recipe.momentum,
        also=("gradient_descent",),
        title="Stochastic gradient descent",
        paper=Paper(
            title="A Stochastic Approximation Method",
            authors="Robbins, Monro",
            year=1951,
            venue="Annals of Mathematical Statistics",
            doi="10.1214/aoms/1177729586",
        ),
        formula=r"w \leftarrow w - \eta g",
        symbols=r"w: weights; g: gradient of the loss of one batch; \eta: rate",
        use="The plain rule: a step against the gradient of a few examples, which is right on "
        "average.",
        limits="In a narrow valley the rate is bounded by the steep sides while the floor is "
        "barely sloped; and noise keeps it from settling unless the rate falls.",
        where=("torch.optim.SGD",),
        step=SGD,
        valley=0.018,
        facts=(Fact("step at a gradient of 3, in rates", 3.0, _moved(SGD, [3.0])),),
        rival="momentum",
    ),
    Optimiser(
        name="momentum",
        told=lambda spec: _by("sgd")(spec) and spec.recipe.momentum > 0,
        also=("heavy_ball",),
        title="Momentum",
        paper=Paper(
            title="Some Methods of Speeding up the Convergence of Iteration Methods",
            authors="Polyak",
            year=1964,
            venue="USSR Computational Mathematics and Mathematical Physics",
            doi="10.1016/0041-5553(64)90137-5",
        ),
        formula=r"v \leftarrow \beta v + g, \quad w \leftarrow w - \eta v",
        symbols=r"w: weights; g: gradient; v: velocity; \beta: what is kept of it, 0.9; \eta: rate",
        use="Gradients that agree add up, those that alternate cancel: up to 1 / (1 - beta) times "
        "as fast along the floor of a valley, ten at 0.9, with calmer sides.",
        limits="It overshoots and swings back. At the same rate its steps grow to 1 / (1 - beta) "
        "times as long where gradients agree, and noise moves it as much farther on a flat floor, "
        "by the root of that around the minimum of a bowl; on one of curvature L it bears rates up "
        "to 2 (1 + beta) / L, at 0.9 nearly twice plain descent's.",
        where=("torch.optim.SGD",),
        step=MOMENTUM,
        valley=0.01,
        facts=(
            Fact("first step at a gradient of 1, in rates", 1.0, _moved(MOMENTUM, [1.0])),
            Fact("step after many, 1 / (1 - b)", 10.0, _moved(MOMENTUM, [1.0] * 300)),
        ),
        rival="sgd",
    ),
    Optimiser(
        name="nesterov",
        title="Nesterov's accelerated gradient",
        paper=Paper(
            title="On the Importance of Initialization and Momentum in Deep Learning",
            authors="Sutskever, Martens, Dahl, Hinton",
            year=2013,
            venue="International Conference on Machine Learning",
            url="https://proceedings.mlr.press/v28/sutskever13.html",
        ),
        formula=r"v \leftarrow \beta v + g, \quad w \leftarrow w - \eta (g + \beta v)",
        symbols=r"w: weights; g: gradient; v: velocity; \beta: what is kept of it, 0.9; \eta: "
        "rate; this is PyTorch's form of it",
        use="Momentum that looks where the velocity is about to carry it, and brakes earlier. "
        "Nesterov's method of 1983 in the form networks are trained with.",
        limits="Its gain is proven for convex functions, with noise under conditions only; on "
        "batches it differs little from momentum.",
        where=("torch.optim.SGD",),
        step=NESTEROV,
        valley=0.008,
        facts=(
            Fact("first step at a gradient of 1, in rates", 1.9, _moved(NESTEROV, [1.0])),
            Fact("step after many, 1 / (1 - b)", 10.0, _moved(NESTEROV, [1.0] * 300)),
        ),
        rival="momentum",
    ),
    Optimiser(
        name="adagrad",
        title="AdaGrad",
        paper=Paper(
            title="Adaptive Subgradient Methods for Online Learning and Stochastic Optimization",
            authors="Duchi, Hazan, Singer",
            year=2011,
            venue="Journal of Machine Learning Research",
            url="https://jmlr.org/papers/v12/duchi11a.html",
        ),
        formula=r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta \frac{g}{\sqrt{s} + \epsilon}",
        symbols=r"w: weights; g: gradient; s: sum of its squares, one a weight; \eta: rate; "
        r"\epsilon: 1e-10",
        use="Each weight gets a rate of its own, larger the rarer its gradients: made for rare "
        "features, such as words.",
        limits="The sum only grows, so rates only fall, like 1 over the root of the steps: "
        "long trainings come to rest too early.",
        where=("torch.optim.Adagrad",),
        step=ADAGRAD,
        valley=0.5,
        facts=(
            Fact("first step at any gradient, in rates", 1.0, _moved(ADAGRAD, [1000.0])),
            Fact("hundredth step, 1 / root 100", 0.1, _moved(ADAGRAD, [2.0] * 100)),
        ),
        rival="sgd",
    ),
    Optimiser(
        name="rmsprop",
        title="RMSProp",
        paper=Paper(
            title="Lecture 6.5: RMSProp, Divide the Gradient by a Running Average of Its Recent "
            "Magnitude",
            authors="Tieleman, Hinton",
            year=2012,
            venue="Coursera: Neural Networks for Machine Learning",
            url="https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf",
        ),
        formula=r"s \leftarrow \alpha s + (1 - \alpha) g^2, "
        r"\quad w \leftarrow w - \eta \frac{g}{\sqrt{s} + \epsilon}",
        symbols=r"w: weights; g: gradient; s: running mean of its squares, one a weight; "
        r"\alpha: 0.99; \eta: rate; \epsilon: 1e-8",
        use="AdaGrad that forgets: the running mean follows the gradients of late, so rates may "
        "rise again.",
        limits="The mean starts at zero and is not corrected: the first steps are up to ten "
        "times too long.",
        where=("torch.optim.RMSprop",),
        step=RMSPROP,
        valley=0.05,
        facts=(
            Fact(
                "first step at any gradient, in rates", 10.0, _moved(RMSPROP, [1000.0]), within=1e-4
            ),
            Fact("step after many, in rates", 1.0, _moved(RMSPROP, [5.0] * 3000), within=1e-4),
        ),
        rival="adagrad",
    ),
    Optimiser(
        name="adam",
        told=_by("adam"),
        title="Adam",
        paper=Paper(
            title="Adam: A Method for Stochastic Optimization",
            authors="Kingma, Ba",
            year=2015,
            venue="International Conference on Learning Representations",
            arxiv="1412.6980",
        ),
        formula=r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad s \leftarrow \beta_2 s + "
        r"(1 - \beta_2) g^2, \quad w \leftarrow w - \eta "
        r"\frac{m / (1 - \beta_1^t)}{\sqrt{s / (1 - \beta_2^t)} + \epsilon}",
        symbols=r"w: weights; g: gradient; m, s: running means of it and of its squares; "
        r"\beta_1, \beta_2: 0.9, 0.999; t: number of the step; \eta: rate; \epsilon: 1e-8",
        use="Momentum and a rate for each weight, both corrected for their start at zero: its "
        "default rate is a fair place to begin a search. The default here.",
        limits="Two numbers to store for each weight, an L2 penalty that does not decay as meant "
        "(see adamw), and sometimes a worse test error than well-tuned momentum.",
        where=("torch.optim.Adam",),
        step=ADAM,
        valley=0.1,
        facts=(
            Fact("first step at a gradient of 1000, in rates", 1.0, _moved(ADAM, [1000.0])),
            Fact("first step at 0.001, in rates", 1.0, _moved(ADAM, [0.001]), within=1e-4),
        ),
        rival="momentum",
    ),
    Optimiser(
        name="adamw",
        told=_by("adamw"),
        title="AdamW",
        paper=Paper(
            title="Decoupled Weight Decay Regularization",
            authors="Loshchilov, Hutter",
            year=2019,
            venue="International Conference on Learning Representations",
            arxiv="1711.05101",
        ),
        formula=r"w \leftarrow (1 - \eta \lambda) w - \eta \frac{\hat m}{\sqrt{\hat s} + \epsilon}",
        symbols=r"w: weights; \hat m, \hat s: Adam's corrected running means; \lambda: weight "
        r"decay; \eta: rate; \epsilon: 1e-8",
        use="Adam with a weight decay that shrinks all weights alike, apart from the gradient's "
        "scale. How transformers are trained.",
        limits="In PyTorch and here the decay is multiplied by the rate: change the one and the "
        "other's effect changes too. In the paper's algorithm only the schedule's factor "
        "multiplies it, not the rate.",
        where=("torch.optim.AdamW",),
        step=ADAMW,
        valley=0.1,
        facts=(
            Fact(
                "step of a weight of 1 without gradient, in rates",
                0.01,
                _moved(ADAMW, [0.0], start=1.0),
            ),
            Fact("first step of a weight of 0, in rates", 1.0, _moved(ADAMW, [1000.0])),
        ),
        rival="adam",
    ),
)
