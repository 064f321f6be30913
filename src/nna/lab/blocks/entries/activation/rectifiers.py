"""Rectifiers: ReLU, and what gives its zero half a slope or a bend."""

from __future__ import annotations

import math

from nna.lab.blocks.entry import Activation, Code, Fact
from nna.lab.blocks.facts import slope, value
from nna.spec import Paper

RELU = Code("torch.nn.functional.relu")
LEAKY = Code("torch.nn.functional.leaky_relu", {"negative_slope": 0.01})
PRELU = Code("torch.nn.functional.leaky_relu", {"negative_slope": 0.25})  # as PReLU starts
ELU = Code("torch.nn.functional.elu")
SELU = Code("torch.nn.functional.selu")


def _selu_moment(power: int) -> float:
    """The mean of a power of SELU of a standard normal variable, over even quantiles."""
    import torch

    quantiles = (torch.arange(1_000_000, dtype=torch.float64) + 0.5) / 1_000_000
    z = torch.distributions.Normal(0.0, 1.0).icdf(quantiles)
    return float((SELU(z) ** power).mean())


def _prelu_start() -> float:
    from torch import nn

    return float(nn.PReLU().weight.detach())


BLOCKS = (
    Activation(
        name="relu",
        title="ReLU, the rectified linear unit",
        paper=Paper(
            title="Rectified Linear Units Improve Restricted Boltzmann Machines",
            authors="Nair, Hinton",
            year=2010,
            venue="International Conference on Machine Learning",
            url="https://icml.cc/Conferences/2010/papers/432.pdf",
        ),
        formula=r"f(z) = \max(0, z)",
        symbols="z: the unit's sum",
        use="The default of feedforward and convolutional networks: it costs a comparison, and "
        "its slope is 1 wherever the unit speaks, however large the sum.",
        limits="A unit whose sum is negative for every example gets no gradient any more. Its "
        "values are never negative, and at zero it has no derivative; libraries take 0.",
        where=("torch.nn.ReLU", "torch.nn.functional.relu"),
        marks=("ReLU", "relu", "relu_"),
        function=RELU,
        low=0.0,
        high=math.inf,
        facts=(
            value(RELU, -3.0, 0.0),
            slope(RELU, 0.0, 0.0, "slope at 0, as torch takes it"),
            slope(RELU, 3.0, 1.0),
        ),
        rival="sigmoid",
    ),
    Activation(
        name="leaky_relu",
        title="Leaky ReLU",
        paper=Paper(
            title="Rectifier Nonlinearities Improve Neural Network Acoustic Models",
            authors="Maas, Hannun, Ng",
            year=2013,
            venue="ICML Workshop on Deep Learning for Audio, Speech and Language Processing",
            url="https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf",
        ),
        formula=r"f(z) = \max(z, a z), \quad a = 0.01",
        symbols="z: the unit's sum; a: slope of the negative side, at most 1",
        use="A ReLU whose silent side keeps a small slope, so that no unit is lost for good.",
        limits="The slope is a number to choose, and on tasks where ReLU's units stay alive it "
        "changes little.",
        where=("torch.nn.LeakyReLU", "torch.nn.functional.leaky_relu"),
        marks=("LeakyReLU", "leaky_relu"),
        function=LEAKY,
        low=-math.inf,
        high=math.inf,
        facts=(value(LEAKY, -1.0, -0.01), slope(LEAKY, -1.0, 0.01), slope(LEAKY, 1.0, 1.0)),
        rival="relu",
    ),
    Activation(
        name="prelu",
        title="PReLU, the parametric rectified linear unit",
        paper=Paper(
            title="Delving Deep into Rectifiers",
            authors="He, Zhang, Ren, Sun",
            year=2015,
            venue="International Conference on Computer Vision",
            arxiv="1502.01852",
        ),
        formula=r"f(z) = \max(0, z) + a \min(0, z), \quad "
        r"\frac{\partial f}{\partial a} = \min(0, z)",
        symbols="z: the unit's sum; a: slope of the negative side, learnt, one for a layer or a "
        "channel",
        use="A leaky ReLU that learns its slope from the data, for next to no parameters.",
        limits="Weight decay pulls the slope to zero, which makes a ReLU of it: leave it out of "
        "the decay.",
        where=("torch.nn.PReLU", "torch.nn.functional.prelu"),
        marks=("PReLU", "prelu"),
        function=PRELU,
        low=-math.inf,
        high=math.inf,
        facts=(
            Fact("slope of the negative side, at the start", 0.25, _prelu_start),
            value(PRELU, -1.0, -0.25),
            slope(PRELU, 1.0, 1.0),
        ),
        rival="relu",
    ),
    Activation(
        name="elu",
        title="ELU, the exponential linear unit",
        paper=Paper(
            title="Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)",
            authors="Clevert, Unterthiner, Hochreiter",
            year=2016,
            venue="International Conference on Learning Representations",
            arxiv="1511.07289",
        ),
        formula=r"f(z) = z \text{ for } z > 0, \text{ else } \alpha (e^z - 1), \quad \alpha = 1",
        symbols=r"z: the unit's sum; \alpha: how far below zero it goes",
        use="Negative values bring the mean of a layer nearer to zero, and the smooth bend at "
        "zero lets units just below it go on learning.",
        limits="It saturates at minus alpha, so that units far below zero learn nothing, and takes "
        "an exponential where ReLU takes a comparison.",
        where=("torch.nn.ELU", "torch.nn.functional.elu"),
        marks=("ELU", "elu"),
        function=ELU,
        low=-1.0,
        high=math.inf,
        facts=(
            value(ELU, -1.0, math.expm1(-1.0)),
            value(ELU, -40.0, -1.0, "value far below, minus alpha"),
            slope(ELU, 0.0, 1.0),
        ),
        rival="relu",
    ),
    Activation(
        name="selu",
        title="SELU, the scaled exponential linear unit",
        paper=Paper(
            title="Self-Normalizing Neural Networks",
            authors="Klambauer, Unterthiner, Mayr, Hochreiter",
            year=2017,
            venue="Advances in Neural Information Processing Systems",
            arxiv="1706.02515",
        ),
        formula=r"f(z) = \lambda z \text{ for } z > 0, \text{ else } \lambda \alpha (e^z - 1)",
        symbols=r"z: the unit's sum; \lambda, \alpha: 1.0507... and 1.6732..., solved for",
        use="Its two constants make mean 0 and variance 1 a fixed point from layer to layer, "
        "without a norm, where weights have variance 1 / inputs.",
        limits="The fixed point holds for dense layers of such weights; dropout, shortcuts and "
        "other initialisations break it.",
        where=("torch.nn.SELU", "torch.nn.functional.selu"),
        marks=("SELU", "selu"),
        function=SELU,
        fill="lecun",
        low=-1.7580993408473766,
        high=math.inf,
        facts=(
            slope(SELU, 1.0, 1.0507009873554805, "lambda, the slope above zero"),
            value(SELU, -60.0, -1.7580993408473766, "value far below, minus lambda alpha"),
            Fact("mean, of standard normal sums", 0.0, lambda: _selu_moment(1), within=1e-4),
            Fact("variance, of standard normal sums", 1.0, lambda: _selu_moment(2), within=1e-4),
        ),
        rival="relu",
    ),
)
