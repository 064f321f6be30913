"""Losses of classes: by the score or the probability of the right one."""

from __future__ import annotations

import math

from nna.lab.blocks.entry import Code, Fact, Loss
from nna.lab.blocks.facts import seeded, slope, value
from nna.spec import Paper

SURPRISE = Code("nna.lab.blocks.formulas.surprise")
YES = Code("nna.lab.blocks.formulas.surprise_of_yes")
HINGE = Code("nna.lab.blocks.formulas.hinge")
GAUSSIANS = Code("nna.lab.blocks.formulas.gaussians")
FOCAL = Code("nna.lab.blocks.formulas.focal")


def _hinge_parity() -> float:
    """How far the sum over margins is from torch's loss of two scores."""
    import torch
    from torch import nn

    margin = torch.randn(50, dtype=torch.float64)
    scores = torch.stack([margin, torch.zeros_like(margin)], 1)
    theirs = nn.MultiMarginLoss(reduction="none")(scores, torch.zeros(50, dtype=torch.long))
    return float((HINGE(margin) / 2 - theirs).abs().max())


def _coins() -> float:
    """The divergence of a fair coin from one of 90 %."""
    import torch

    p, q = torch.tensor([[0.5, 0.5], [0.9, 0.1]], dtype=torch.float64)
    return float(torch.nn.functional.kl_div(q.log(), p, reduction="sum"))


def _focal_at_nine_tenths() -> float:
    """Focal loss over cross-entropy, where the right class has nine tenths."""
    import torch

    score = torch.tensor([math.log(9.0)], dtype=torch.float64)
    return float(FOCAL(score) / YES(score))


BLOCKS = (
    Loss(
        name="cross_entropy",
        told=lambda spec: "cross_entropy" in spec.objectives,
        also=("ce", "nll"),
        title="Cross-entropy",
        paper=Paper(
            title="Probabilistic Interpretation of Feedforward Classification Network Outputs, "
            "with Relationships to Statistical Pattern Recognition",
            authors="Bridle",
            year=1990,
            venue="Neurocomputing: Algorithms, Architectures and Applications",
            doi="10.1007/978-3-642-76153-9_28",
        ),
        formula=r"L = -\ln p_t = -z_t + \ln \sum_j e^{z_j}, \quad "
        r"\frac{\partial L}{\partial z_i} = p_i - \delta_{it}",
        symbols=r"z: scores, one a class; p: their softmax; t: the right class; \delta: 1 where "
        "i = t, else 0",
        use="The surprise at the right class, in nats: the likelihood of classes, and of the next "
        "token of a text. The more wrong, the harder it pulls.",
        limits="It is never satisfied: where a network can get every training example right, "
        "scores grow for ever, and confidence outruns accuracy. A wrong label weighs heavily.",
        where=("torch.nn.CrossEntropyLoss",),
        curve=SURPRISE,
        argument="score of the right one of ten classes, the others at 0",
        span=(-6.0, 8.0),
        train=Code("torch.nn.functional.cross_entropy"),
        facts=(
            value(SURPRISE, 0.0, math.log(10), "value of ten equal scores, ln 10"),
            slope(SURPRISE, 0.0, -0.9, "slope there, p - 1"),
            slope(SURPRISE, -50.0, -1.0),
        ),
        rival="squared_error",
    ),
    Loss(
        name="binary_cross_entropy",
        also=("bce", "log_loss"),
        title="Binary cross-entropy",
        paper=Paper(
            title="Supervised Learning of Probability Distributions by Neural Networks",
            authors="Baum, Wilczek",
            year=1988,
            venue="Neural Information Processing Systems",
            url="https://papers.nips.cc/paper/"
            "3-supervised-learning-of-probability-distributions-by-neural-networks",
        ),
        formula=r"L = -t \ln \sigma(z) - (1 - t) \ln(1 - \sigma(z)), \quad "
        r"\frac{\partial L}{\partial z} = \sigma(z) - t",
        symbols=r"z: a score; \sigma: the logistic function; t: 1 for yes, 0 for no",
        use="For questions of yes and no, one or many at once: several labels may be true.",
        limits="Of classes that exclude each other it doesn't know that. Take it from scores, not "
        "from probabilities, which round to 0 and 1.",
        where=("torch.nn.BCEWithLogitsLoss", "torch.nn.BCELoss"),
        curve=YES,
        argument="score, where the answer is yes",
        span=(-6.0, 6.0),
        train=Code("nna.lab.blocks.formulas.one_against_all"),
        facts=(
            value(YES, 0.0, math.log(2)),
            slope(YES, 0.0, -0.5),
            value(YES, math.log(99.0), -math.log(0.99), "value where yes has 99 %"),
            value(YES, -math.log(99.0), -math.log(0.01), "value where yes has 1 %"),
        ),
        rival="cross_entropy",
    ),
    Loss(
        name="hinge",
        title="Hinge loss",
        paper=Paper(
            title="Support-Vector Networks",
            authors="Cortes, Vapnik",
            year=1995,
            venue="Machine Learning",
            doi="10.1007/BF00994018",
        ),
        formula=r"L = \max(0, 1 - m)",
        symbols="m: margin: the score times the answer, 1 or -1; of several classes the right "
        "score less another, summed over the others and divided by their number plus one",
        use="Asks for a margin and no more: examples beyond it no longer pull. The loss of "
        "support vector machines.",
        limits="Scores are no probabilities, and far on the wrong side it pulls as hard as "
        "cross-entropy does: it is no more robust to outliers.",
        where=("torch.nn.MultiMarginLoss",),
        curve=HINGE,
        argument="margin m",
        span=(-3.0, 3.0),
        train=Code("torch.nn.functional.multi_margin_loss"),
        facts=(
            value(HINGE, 0.0, 1.0),
            slope(HINGE, -50.0, -1.0),
            slope(HINGE, 2.0, 0.0),
            Fact("difference from torch's loss of two classes", 0.0, seeded(_hinge_parity), 1e-12),
        ),
        rival="cross_entropy",
    ),
    Loss(
        name="kl_divergence",
        also=("kl", "relative_entropy"),
        title="Kullback-Leibler divergence",
        paper=Paper(
            title="On Information and Sufficiency",
            authors="Kullback, Leibler",
            year=1951,
            venue="Annals of Mathematical Statistics",
            doi="10.1214/aoms/1177729694",
        ),
        formula=r"D(p \| q) = \sum_i p_i \ln \frac{p_i}{q_i}",
        symbols="p, q: two distributions over the same things i",
        use="How much is lost by taking q for p: in distillation, in the bound that variational "
        "autoencoders learn by, in policies that should not move far.",
        limits="No distance: it isn't symmetric, and infinite where q rules out what p allows.",
        where=("torch.nn.KLDivLoss", "torch.distributions.kl_divergence"),
        marks=("kl_div", "kl_divergence"),
        curve=GAUSSIANS,
        argument="mean m of N(m, 1), whose divergence from N(0, 1) is m^2 / 2",
        span=(-3.0, 3.0),
        facts=(
            value(GAUSSIANS, 2.0, 2.0),
            slope(GAUSSIANS, 2.0, 2.0),
            Fact("of a fair coin from one of 90 %", math.log(5 / 3), _coins, 1e-9),
        ),
        no_trial="of fixed targets it is cross-entropy less a constant, with the same gradient: "
        "see `nna blocks effect cross_entropy`",
    ),
    Loss(
        name="focal",
        title="Focal loss",
        paper=Paper(
            title="Focal Loss for Dense Object Detection",
            authors="Lin, Goyal, Girshick, He, Dollár",
            year=2017,
            venue="International Conference on Computer Vision",
            arxiv="1708.02002",
        ),
        formula=r"L = -(1 - p_t)^\gamma \ln p_t, \quad \gamma = 2",
        symbols=r"p_t: share of the right class; \gamma: how fast easy examples fade",
        use="Cross-entropy that all but ignores what is right already: for detectors, whose "
        "thousands of empty boxes would drown the few full ones.",
        limits="Shares come out less extreme than they should be, which may offset overconfidence "
        "(Mukhoti and others 2020, arXiv:2002.09437); of accuracy it promises nothing where "
        "classes are balanced.",
        where=("nna.lab.blocks.formulas.focal_loss",),
        curve=FOCAL,
        argument="score, where the answer is yes",
        span=(-6.0, 6.0),
        train=Code("nna.lab.blocks.formulas.focal_loss"),
        facts=(
            value(FOCAL, 0.0, math.log(2) / 4),
            Fact("share of cross-entropy where yes has 90 %", 0.01, _focal_at_nine_tenths, 1e-9),
        ),
        rival="cross_entropy",
        trial={"rare": 0.05},
    ),
)
