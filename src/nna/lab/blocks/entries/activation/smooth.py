"""Smooth relatives of ReLU."""

from __future__ import annotations

import math

from nna.lab.blocks.entry import Activation, Code
from nna.lab.blocks.facts import least, slope, value
from nna.spec import Paper

GELU = Code("torch.nn.functional.gelu")
SWISH = Code("torch.nn.functional.silu")
HARD_SWISH = Code("torch.nn.functional.hardswish")
MISH = Code("torch.nn.functional.mish")
SOFTPLUS = Code("torch.nn.functional.softplus")


BLOCKS = (
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
)
