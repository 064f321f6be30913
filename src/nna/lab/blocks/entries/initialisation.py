"""Initialisations: how weights are drawn before anything is learnt."""

from __future__ import annotations

from collections.abc import Callable

from nna.lab.blocks.entry import Code, Fact, Initialisation
from nna.lab.blocks.facts import seeded
from nna.spec import Paper

IN, OUT = 500, 2000  # connections of the layer that facts are measured on

GLOROT = Paper(
    title="Understanding the Difficulty of Training Deep Feedforward Neural Networks",
    authors="Glorot, Bengio",
    year=2010,
    venue="International Conference on Artificial Intelligence and Statistics",
    url="https://proceedings.mlr.press/v9/glorot10a.html",
)
HE = Paper(
    title="Delving Deep into Rectifiers",
    authors="He, Zhang, Ren, Sun",
    year=2015,
    venue="International Conference on Computer Vision",
    arxiv="1502.01852",
)
GLOROT_UNIFORM = Code("torch.nn.init.xavier_uniform_")
GLOROT_NORMAL = Code("torch.nn.init.xavier_normal_")
HE_NORMAL = Code("torch.nn.init.kaiming_normal_", {"nonlinearity": "relu"})
HE_UNIFORM = Code("torch.nn.init.kaiming_uniform_", {"nonlinearity": "relu"})
LECUN = Code("torch.nn.init.kaiming_normal_", {"nonlinearity": "linear"})
ORTHOGONAL = Code("torch.nn.init.orthogonal_")


def _variance(fill: Code) -> Callable[[], float]:
    def measure() -> float:
        import torch

        return float(fill(torch.empty(OUT, IN)).var())

    return seeded(measure)


def _greatest(fill: Code) -> Callable[[], float]:
    def measure() -> float:
        import torch

        return float(fill(torch.empty(OUT, IN)).abs().max())

    return seeded(measure)


def _off_orthogonal() -> float:
    import torch

    weight = ORTHOGONAL(torch.empty(OUT, IN, dtype=torch.float64))
    return float((weight.T @ weight - torch.eye(IN, dtype=torch.float64)).abs().max())


def _variance_fact(fill: Code, says: str, is_: float) -> Fact:
    return Fact(
        f"variance, {says}, of {IN} inputs and {OUT} outputs", is_, _variance(fill), is_ / 100
    )


def _bound_fact(fill: Code, is_: float) -> Fact:
    return Fact("greatest weight of a million", is_, _greatest(fill), is_ / 1000)


BLOCKS = (
    Initialisation(
        name="glorot_uniform",
        also=("xavier_uniform", "glorot", "xavier"),
        title="Glorot's uniform initialisation",
        paper=GLOROT,
        formula=r"w \sim U(-a, a), \quad a = \sqrt{\frac{6}{n_{in} + n_{out}}}",
        symbols="w: a weight; n: connections into and out of the layer",
        use="A compromise: signals keep their variance on the way forward and gradients on the way "
        "back, nearly, where activations are about linear at zero, like tanh.",
        limits="ReLU silences half of a layer, which the formula does not know of: the signal "
        "then halves its variance from layer to layer.",
        where=("torch.nn.init.xavier_uniform_",),
        marks=("xavier_uniform_",),
        fill=GLOROT_UNIFORM,
        suits="tanh",
        facts=(
            _variance_fact(GLOROT_UNIFORM, "2 / (n_in + n_out)", 2 / (IN + OUT)),
            _bound_fact(GLOROT_UNIFORM, (6 / (IN + OUT)) ** 0.5),
        ),
    ),
    Initialisation(
        name="glorot_normal",
        also=("xavier_normal",),
        title="Glorot's normal initialisation",
        paper=GLOROT,
        formula=r"w \sim N\left(0, \frac{2}{n_{in} + n_{out}}\right)",
        symbols="w: a weight; n: connections into and out of the layer",
        use="The same variance as the uniform form, from a normal distribution.",
        limits="As the uniform form; and a few weights are large, having no bound.",
        where=("torch.nn.init.xavier_normal_",),
        marks=("xavier_normal_",),
        fill=GLOROT_NORMAL,
        suits="tanh",
        facts=(_variance_fact(GLOROT_NORMAL, "2 / (n_in + n_out)", 2 / (IN + OUT)),),
    ),
    Initialisation(
        name="he_normal",
        also=("he", "kaiming", "kaiming_normal"),
        title="He's normal initialisation",
        paper=HE,
        formula=r"w \sim N\left(0, \frac{2}{n_{in}}\right)",
        symbols="w: a weight; n_{in}: connections into a unit",
        use="Twice LeCun's variance makes up for the half of the units that a ReLU silences: "
        "signals keep their size through many layers.",
        limits="Right at the start and on average only. Its factor belongs to ReLU, other "
        "activations have their own; with shortcuts the signal still grows from block to block.",
        where=("torch.nn.init.kaiming_normal_",),
        marks=("kaiming_normal_", "he_start"),
        fill=HE_NORMAL,
        suits="relu",
        facts=(_variance_fact(HE_NORMAL, "2 / n_in", 2 / IN),),
    ),
    Initialisation(
        name="he_uniform",
        also=("kaiming_uniform",),
        title="He's uniform initialisation",
        paper=HE,
        formula=r"w \sim U(-a, a), \quad a = \sqrt{\frac{6}{n_{in}}}",
        symbols="w: a weight; n_{in}: connections into a unit",
        use="The variance of He's normal form with bounded weights.",
        limits="PyTorch's layers call the same function with another gain: their default has a "
        "sixth of this variance, 1 / (3 n_in), and a deep ReLU network fades with it.",
        where=("torch.nn.init.kaiming_uniform_",),
        marks=("kaiming_uniform_",),
        fill=HE_UNIFORM,
        suits="relu",
        facts=(
            _variance_fact(HE_UNIFORM, "2 / n_in", 2 / IN),
            _bound_fact(HE_UNIFORM, (6 / IN) ** 0.5),
        ),
    ),
    Initialisation(
        name="lecun",
        also=("lecun_normal", "fan_in"),
        title="LeCun's initialisation",
        paper=Paper(
            title="Efficient BackProp",
            authors="LeCun, Bottou, Orr, Müller",
            year=1998,
            venue="Neural Networks: Tricks of the Trade",
            doi="10.1007/3-540-49430-8_2",
        ),
        formula=r"w \sim N\left(0, \frac{1}{n_{in}}\right)",
        symbols="w: a weight; n_{in}: connections into a unit",
        use="A unit's sum gets the variance of its inputs, where these are standardised. What "
        "SELU asks for.",
        limits="It looks at the way forward only, and knows of no activation between.",
        where=("torch.nn.init.kaiming_normal_",),
        fill=LECUN,
        suits="tanh",
        facts=(_variance_fact(LECUN, "1 / n_in", 1 / IN),),
    ),
    Initialisation(
        name="orthogonal",
        title="Orthogonal initialisation",
        paper=Paper(
            title="Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural "
            "Networks",
            authors="Saxe, McClelland, Ganguli",
            year=2014,
            venue="International Conference on Learning Representations",
            arxiv="1312.6120",
        ),
        formula=r"W^\top W = I",
        symbols="W: a weight matrix with no more columns than rows; I: the identity",
        use="All singular values are one: lengths and angles pass unchanged, both ways, through "
        "any number of linear layers. Usual for the recurrent weights of a network.",
        limits="Exact in linear networks only; every activation takes its share.",
        where=("torch.nn.init.orthogonal_",),
        marks=("orthogonal_",),
        fill=ORTHOGONAL,
        suits="tanh",
        facts=(Fact("greatest entry of |W'W - I|", 0.0, seeded(_off_orthogonal), 1e-12),),
    ),
)
