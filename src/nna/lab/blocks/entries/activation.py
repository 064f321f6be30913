"""Activations: what a unit makes of its sum."""

from __future__ import annotations

import math

from nna.lab.blocks.entry import Activation, Code, Fact
from nna.lab.blocks.facts import least, seeded, slope, value
from nna.spec import Paper

STEP = Code("nna.lab.blocks.formulas.step")
SIGMOID = Code("torch.sigmoid")
TANH = Code("torch.tanh")
RELU = Code("torch.nn.functional.relu")
LEAKY = Code("torch.nn.functional.leaky_relu", {"negative_slope": 0.01})
PRELU = Code("torch.nn.functional.leaky_relu", {"negative_slope": 0.25})  # as PReLU starts
ELU = Code("torch.nn.functional.elu")
SELU = Code("torch.nn.functional.selu")
GELU = Code("torch.nn.functional.gelu")
SWISH = Code("torch.nn.functional.silu")
HARD_SWISH = Code("torch.nn.functional.hardswish")
MISH = Code("torch.nn.functional.mish")
SOFTPLUS = Code("torch.nn.functional.softplus")
SOFTSIGN = Code("torch.nn.functional.softsign")
SOFTMAX = Code("nna.lab.blocks.formulas.softmax_of_first")


def _selu_moment(power: int) -> float:
    """The mean of a power of SELU of a standard normal variable, over even quantiles."""
    import torch

    quantiles = (torch.arange(1_000_000, dtype=torch.float64) + 0.5) / 1_000_000
    z = torch.distributions.Normal(0.0, 1.0).icdf(quantiles)
    return float((SELU(z) ** power).mean())


def _prelu_start() -> float:
    from torch import nn

    return float(nn.PReLU().weight.detach())


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
    Activation(
        name="gelu",
        title="GELU, the Gaussian error linear unit",
        paper=Paper(
            title="Gaussian Error Linear Units (GELUs)",
            authors="Hendrycks, Gimpel",
            year=2016,
            venue="arXiv",
            arxiv="1606.08415",
        ),
        formula=r"f(z) = z \, \Phi(z)",
        symbols=r"z: the unit's sum; \Phi: the distribution function of the standard normal",
        use="Each sum counts by the chance that a normal variable lies below it. The activation "
        "of BERT, GPT-2 and many transformers after them; language models since Llama use SwiGLU.",
        limits="Neither monotone nor free: it dips below zero left of it, and takes an error "
        "function or an approximation by tanh, which is not the same to the last digits.",
        where=("torch.nn.GELU", "torch.nn.functional.gelu"),
        marks=("GELU", "gelu"),
        function=GELU,
        low=-0.16997120747990369,
        high=math.inf,
        facts=(
            slope(GELU, 0.0, 0.5),
            value(GELU, 1.0, 0.8413447460685429),
            *least(GELU, -0.75179, -0.169971),
        ),
        rival="relu",
    ),
    Activation(
        name="swish",
        also=("silu",),
        title="Swish, or SiLU",
        paper=Paper(
            title="Searching for Activation Functions",
            authors="Ramachandran, Zoph, Le",
            year=2017,
            venue="arXiv",
            arxiv="1710.05941",
        ),
        formula=r"f(z) = z \, \sigma(z)",
        symbols=r"z: the unit's sum; \sigma: the logistic function",
        use="A sum that gates itself. The paper of GELU named it SiLU (Hendrycks, Gimpel 2016, "
        "arXiv:1606.08415), one on reinforcement learning used it (Elfwing, Uchibe, Doya 2017, "
        "arXiv:1702.03118), and a search over formulas found it again as Swish.",
        limits="It tends to zero on the negative side only, after a dip: it is not monotone, and "
        "it isn't bounded above.",
        where=("torch.nn.SiLU", "torch.nn.functional.silu"),
        marks=("SiLU", "silu"),
        function=SWISH,
        low=-0.2784645427610738,
        high=math.inf,
        facts=(slope(SWISH, 0.0, 0.5), *least(SWISH, -1.27846, -0.278465)),
        rival="relu",
    ),
    Activation(
        name="hard_swish",
        also=("hardswish", "h-swish"),
        title="Hard swish",
        paper=Paper(
            title="Searching for MobileNetV3",
            authors="Howard et al.",
            year=2019,
            venue="International Conference on Computer Vision",
            arxiv="1905.02244",
        ),
        formula=r"f(z) = z \, \frac{\min(\max(z + 3, 0), 6)}{6}",
        symbols="z: the unit's sum",
        use="Swish with straight pieces for the sigmoid: no exponential, so it is cheap on phones "
        "and exact in few bits.",
        limits="Zero, with zero slope, below -3: units there learn nothing, as with ReLU.",
        where=("torch.nn.Hardswish", "torch.nn.functional.hardswish"),
        marks=("Hardswish", "hardswish"),
        function=HARD_SWISH,
        low=-0.375,
        high=math.inf,
        facts=(
            value(HARD_SWISH, -3.0, 0.0),
            value(HARD_SWISH, 3.0, 3.0),
            slope(HARD_SWISH, 0.0, 0.5),
            *least(HARD_SWISH, -1.5, -0.375),
        ),
        rival="relu",
    ),
    Activation(
        name="mish",
        title="Mish",
        paper=Paper(
            title="Mish: A Self Regularized Non-Monotonic Neural Activation Function",
            authors="Misra",
            year=2019,
            venue="arXiv",
            arxiv="1908.08681",
        ),
        formula=r"f(z) = z \tanh(\ln(1 + e^z))",
        symbols="z: the unit's sum",
        use="A relative of Swish, a little steeper at zero and a little deeper in its dip.",
        limits="The dearest of its kin to compute, and close to them in effect.",
        where=("torch.nn.Mish", "torch.nn.functional.mish"),
        marks=("Mish", "mish"),
        function=MISH,
        low=-0.30884058,
        high=math.inf,
        facts=(slope(MISH, 0.0, 0.6), *least(MISH, -1.19245, -0.308841)),
        rival="relu",
    ),
    Activation(
        name="softplus",
        title="Softplus",
        paper=Paper(
            title="Incorporating Second-Order Functional Knowledge for Better Option Pricing",
            authors="Dugas, Bengio, Bélisle, Nadeau, Garcia",
            year=2000,
            venue="Advances in Neural Information Processing Systems",
            url="https://proceedings.neurips.cc/paper/2000/hash/"
            "44968aece94f667e4095002d140b5896-Abstract.html",
        ),
        formula=r"f(z) = \ln(1 + e^z), \quad f' = \sigma",
        symbols=r"z: the unit's sum; \sigma: the logistic function",
        use="A smooth ReLU, and the way to a number that must be positive: a rate, a scale, a "
        "variance.",
        limits="As a hidden unit it is nowhere silent and its mean lies far above zero; ReLU "
        "usually does better at a lower price.",
        where=("torch.nn.Softplus", "torch.nn.functional.softplus"),
        marks=("Softplus", "softplus"),
        function=SOFTPLUS,
        low=0.0,
        high=math.inf,
        facts=(value(SOFTPLUS, 0.0, math.log(2)), slope(SOFTPLUS, 0.0, 0.5)),
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
        limits="Only differences of scores matter, so one score is free. Shares are confident "
        "more easily than they are right: calibrate them where they are to be believed.",
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
