"""Activations whose values stay between bounds."""

from __future__ import annotations

from nna.lab.blocks.entry import Activation, Code, Fact
from nna.lab.blocks.facts import seeded, slope, value
from nna.spec import Paper

STEP = Code("nna.lab.blocks.formulas.step")
SIGMOID = Code("torch.sigmoid")
TANH = Code("torch.tanh")
SOFTSIGN = Code("torch.nn.functional.softsign")
SOFTMAX = Code("nna.lab.blocks.formulas.softmax_of_first")


def _softmax_sum() -> float:
    import torch

    return float(torch.randn(9, dtype=torch.float64).softmax(0).sum())


BLOCKS = (
    Activation(
        name="step",
        told=lambda spec: spec.recipe.objective in ("perceptron_rule", "truth_table"),
        also=("heaviside", "threshold"),
        title="Step",
        paper=Paper(
            title="A Logical Calculus of the Ideas Immanent in Nervous Activity",
            authors="McCulloch, Pitts",
            year=1943,
            venue="Bulletin of Mathematical Biophysics",
            doi="10.1007/BF02478259",
        ),
        formula=r"f(z) = 1 \text{ if } z \ge 0, \text{ else } 0",
        symbols="z: the unit's sum less its threshold",
        use="A decision: the unit fires or it doesn't. The neuron of 1943 and the perceptron's "
        "answer are made of it.",
        limits="Its derivative is zero wherever it exists, so that nothing reaches the layers "
        "before it by the chain rule: rules of one layer train it, or an estimator that pretends "
        "a slope (straight-through).",
        where=("nna.lab.blocks.formulas.step", "torch.heaviside"),
        function=STEP,
        low=0.0,
        high=1.0,
        facts=(value(STEP, -1e-9, 0.0), value(STEP, 0.0, 1.0), slope(STEP, 1.0, 0.0)),
        rival="relu",
    ),
    Activation(
        name="sigmoid",
        also=("logistic",),
        title="Sigmoid, the logistic function",
        paper=Paper(
            title="Learning Representations by Back-Propagating Errors",
            authors="Rumelhart, Hinton, Williams",
            year=1986,
            venue="Nature",
            doi="10.1038/323533a0",
        ),
        formula=r"\sigma(z) = \frac{1}{1 + e^{-z}}, \quad \sigma' = \sigma (1 - \sigma)",
        symbols="z: the unit's sum",
        use="A smooth step, which made back-propagation possible. Today it stands where a number "
        "between 0 and 1 is meant: a probability, or a gate that lets a share through.",
        limits="Its slope is 1/4 at most and fades on both sides, and its values are never "
        "negative: through many such layers the gradient vanishes.",
        where=("torch.nn.Sigmoid", "torch.sigmoid"),
        marks=("Sigmoid", "sigmoid", "sigmoid_"),
        function=SIGMOID,
        fill="glorot_uniform",
        low=0.0,
        high=1.0,
        facts=(
            value(SIGMOID, 0.0, 0.5),
            slope(SIGMOID, 0.0, 0.25, "slope at 0, the greatest"),
            slope(SIGMOID, 10.0, 4.5395807735951673e-05),
        ),
        rival="relu",
    ),
    Activation(
        name="tanh",
        title="Hyperbolic tangent",
        paper=Paper(
            title="Efficient BackProp",
            authors="LeCun, Bottou, Orr, Müller",
            year=1998,
            venue="Neural Networks: Tricks of the Trade",
            doi="10.1007/3-540-49430-8_2",
        ),
        formula=r"\tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}} = 2 \sigma(2z) - 1, \quad "
        r"\tanh' = 1 - \tanh^2",
        symbols=r"z: the unit's sum; \sigma: the logistic function",
        use="The sigmoid stretched to lie about zero: its values have both signs and its slope at "
        "zero is 1, so signals pass small weights unchanged. The state of recurrent networks.",
        limits="It saturates like the sigmoid: at 10 hardly any slope is left.",
        where=("torch.nn.Tanh", "torch.tanh"),
        marks=("Tanh", "tanh", "tanh_"),
        function=TANH,
        fill="glorot_uniform",
        low=-1.0,
        high=1.0,
        facts=(
            value(TANH, 1.0, 0.7615941559557649),
            slope(TANH, 0.0, 1.0, "slope at 0, the greatest"),
            slope(TANH, 10.0, 8.2446e-9),
        ),
        rival="relu",
    ),
    Activation(
        name="softsign",
        title="Softsign",
        paper=Paper(
            title="Understanding the Difficulty of Training Deep Feedforward Neural Networks",
            authors="Glorot, Bengio",
            year=2010,
            venue="International Conference on Artificial Intelligence and Statistics",
            url="https://proceedings.mlr.press/v9/glorot10a.html",
        ),
        formula=r"f(z) = \frac{z}{1 + |z|}, \quad f' = \frac{1}{(1 + |z|)^2}",
        symbols="z: the unit's sum",
        use="A tanh that nears its ends slowly, like 1 / z and not exponentially, so that its "
        "units saturate later. The paper has it from Bergstra and others (2009).",
        limits="Its slope falls off at once beside zero, and its second derivative jumps there.",
        where=("torch.nn.Softsign", "torch.nn.functional.softsign"),
        marks=("Softsign", "softsign"),
        function=SOFTSIGN,
        fill="glorot_uniform",
        low=-1.0,
        high=1.0,
        facts=(
            value(SOFTSIGN, 1.0, 0.5),
            slope(SOFTSIGN, 0.0, 1.0),
            slope(SOFTSIGN, 9.0, 0.01),
        ),
        rival="tanh",
    ),
    Activation(
        name="softmax",
        title="Softmax",
        paper=Paper(
            title="Probabilistic Interpretation of Feedforward Classification Network Outputs, "
            "with Relationships to Statistical Pattern Recognition",
            authors="Bridle",
            year=1990,
            venue="Neurocomputing: Algorithms, Architectures and Applications",
            doi="10.1007/978-3-642-76153-9_28",
        ),
        formula=r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}, \quad "
        r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)",
        symbols=r"z: scores, one a class; p: their shares; \delta: 1 where i = j, else 0",
        use="Turns scores into shares that add up to one: the probabilities of classes, and the "
        "weights of attention.",
        limits="Only differences of scores matter, so one score is free. Shares are often "
        "surer than they are right, sometimes less sure: calibrate them where they are to be "
        "believed.",
        where=("torch.nn.Softmax", "torch.softmax"),
        marks=("Softmax", "softmax"),
        function=SOFTMAX,
        low=0.0,
        high=1.0,
        facts=(
            value(SOFTMAX, 0.0, 0.1, "share of one of ten equal scores"),
            slope(SOFTMAX, 0.0, 0.09, "its slope there, p (1 - p)"),
            Fact("sum of the shares", 1.0, seeded(_softmax_sum)),
        ),
        no_trial="it stands after the last layer and ties all its units together; for what it does "
        "there see `nna blocks effect cross_entropy`",
    ),
)
