"""Losses: what is made small."""

from __future__ import annotations

import math

from nna.lab.blocks.entry import Code, Fact, Loss
from nna.lab.blocks.facts import seeded, slope, value
from nna.spec import Paper

SQUARED = Code("nna.lab.blocks.formulas.squared")
ABSOLUTE = Code("nna.lab.blocks.formulas.absolute")
HUBER = Code("nna.lab.blocks.formulas.huber")
SURPRISE = Code("nna.lab.blocks.formulas.surprise")
YES = Code("nna.lab.blocks.formulas.surprise_of_yes")
HINGE = Code("nna.lab.blocks.formulas.hinge")
GAUSSIANS = Code("nna.lab.blocks.formulas.gaussians")
APART = Code("nna.lab.blocks.formulas.contrastive_apart")
SHORT = Code("nna.lab.blocks.formulas.triplet_short")
FOCAL = Code("nna.lab.blocks.formulas.focal")

OUTLIERS = {  # a trial where a tenth of the targets are far off
    "data": "diabetes",
    "train": 300,
    "outliers": 0.1,
    "measured": "rmse",
    "depth": 1,
    "epochs": 30,
    "optimiser": Code("torch.optim.Adam", {"lr": 0.003}),
}
POINTS = {"measured": "nearest", "outputs": 8}  # points in eight dimensions


def _best_constant(of: Code) -> float:
    """The constant that minimises the loss of the targets 0, 0, 0, 1 and 99, on a fine grid."""
    import torch

    targets = torch.tensor([0.0, 0.0, 0.0, 1.0, 99.0], dtype=torch.float64)
    grid = torch.linspace(-1, 100, 10_101, dtype=torch.float64)
    return float(grid[of(grid[:, None] - targets).sum(1).argmin()])


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


def _hardness() -> float:
    """The triplet loss of torch for squared distances 1 and 1.1, by its own pieces."""
    import torch
    from torch import nn

    def squared(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (a - b).square().sum(-1)

    anchor = torch.zeros(1, 2).double()
    positive = torch.tensor([[1.0, 0.0]]).double()
    negative = torch.tensor([[math.sqrt(1.1), 0.0]]).double()
    loss = nn.TripletMarginWithDistanceLoss(distance_function=squared, margin=0.2)
    return float(loss(anchor, positive, negative))


BLOCKS = (
    Loss(
        name="squared_error",
        told=lambda spec: "squared_error" in spec.objectives,
        also=("mse", "l2_loss"),
        title="Squared error",
        paper=Paper(
            title="Nouvelles méthodes pour la détermination des orbites des comètes",
            authors="Legendre",
            year=1805,
            venue="Firmin Didot, Paris",
            url="https://books.google.com/books?id=FRcOAAAAQAAJ",
        ),
        formula=r"L = (y - t)^2",
        symbols="y: what the network says; t: the target",
        use="For numbers to be hit. Its best constant is the mean; it is the likelihood of "
        "Gaussian noise.",
        limits="An outlier counts by its square and drags the answer along. Behind a sigmoid or "
        "softmax its gradient fades where the answer is most wrong.",
        where=("torch.nn.MSELoss",),
        curve=SQUARED,
        argument="error y - t",
        span=(-3.0, 3.0),
        train=Code("nna.lab.blocks.formulas.squared_error"),
        facts=(
            value(SQUARED, 3.0, 9.0),
            slope(SQUARED, 3.0, 6.0),
            Fact(
                "best constant for 0, 0, 0, 1, 99",
                20.0,
                lambda: _best_constant(SQUARED),
                within=0.01,
            ),
        ),
        rival="absolute_error",
        trial=OUTLIERS,
    ),
    Loss(
        name="absolute_error",
        also=("mae", "l1_loss"),
        title="Absolute error",
        paper=Paper(
            title="Regression Quantiles",
            authors="Koenker, Bassett",
            year=1978,
            venue="Econometrica",
            url="https://www.jstor.org/stable/1913643",
        ),
        formula=r"L = |y - t|",
        symbols="y: what the network says; t: the target",
        use="For numbers among which some are far off: every error pulls alike. Its best constant "
        "is the median. The cited paper has it as the middle one of all quantiles; the idea is "
        "of the 18th century.",
        limits="The pull doesn't fade near the target, so the rate must; and at zero there is no "
        "derivative.",
        where=("torch.nn.L1Loss",),
        curve=ABSOLUTE,
        argument="error y - t",
        span=(-3.0, 3.0),
        train=Code("torch.nn.functional.l1_loss"),
        facts=(
            slope(ABSOLUTE, 3.0, 1.0),
            slope(ABSOLUTE, 0.0, 0.0, "slope at 0, as torch takes it"),
            Fact(
                "best constant for 0, 0, 0, 1, 99",
                0.0,
                lambda: _best_constant(ABSOLUTE),
                within=0.01,
            ),
        ),
        rival="squared_error",
        trial=OUTLIERS,
    ),
    Loss(
        name="huber",
        also=("smooth_l1",),
        title="Huber's loss",
        paper=Paper(
            title="Robust Estimation of a Location Parameter",
            authors="Huber",
            year=1964,
            venue="Annals of Mathematical Statistics",
            doi="10.1214/aoms/1177703732",
        ),
        formula=r"L = \frac{e^2}{2} \text{ for } |e| \le \delta, \text{ else } "
        r"\delta \left(|e| - \frac{\delta}{2}\right)",
        symbols=r"e = y - t: error; \delta: where the square ends, here 1",
        use="Square near the target, straight far out: outliers pull no harder than delta, and "
        "the pull fades on arrival. Boxes of detectors are learnt with it.",
        limits="Delta is in the units of the target: standardise that first.",
        where=("torch.nn.HuberLoss", "torch.nn.SmoothL1Loss"),
        marks=("huber_loss", "smooth_l1_loss"),
        curve=HUBER,
        argument="error y - t",
        span=(-3.0, 3.0),
        train=Code("torch.nn.functional.huber_loss"),
        facts=(
            value(HUBER, 0.5, 0.125),
            value(HUBER, 3.0, 2.5),
            slope(HUBER, 0.5, 0.5),
            slope(HUBER, 3.0, 1.0),
        ),
        rival="squared_error",
        trial=OUTLIERS,
    ),
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
        limits="It is never satisfied: scores grow for ever on examples that are right, and "
        "confidence outruns accuracy. A wrong label weighs heavily.",
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
        name="contrastive",
        told=lambda spec: "contrastive" in spec.objectives,
        title="Contrastive loss",
        paper=Paper(
            title="Dimensionality Reduction by Learning an Invariant Mapping",
            authors="Hadsell, Chopra, LeCun",
            year=2006,
            venue="Conference on Computer Vision and Pattern Recognition",
            doi="10.1109/CVPR.2006.100",
        ),
        formula=r"L = \frac{d^2}{2} \text{ of one class}, \quad "
        r"L = \frac{\max(0, m - d)^2}{2} \text{ of two}",
        symbols="d: distance of the two points of a pair; m: margin, free to choose; 1 in the "
        "figure",
        use="Learns a map on which like lies near like: for classes that training never saw, such "
        "as new faces.",
        limits="Pairs of one class are drawn to one point, whatever sets them apart; most pairs "
        "of two classes soon lie beyond the margin and teach nothing.",
        where=("nna.objectives.contrastive.Contrastive",),
        curve=APART,
        argument="distance of a pair of two classes",
        span=(0.0, 2.0),
        train=Code("nna.lab.blocks.formulas.pairs"),
        facts=(
            value(APART, 0.4, 0.18),
            slope(APART, 0.4, -0.6),
            value(APART, 1.5, 0.0, "value beyond the margin"),
        ),
        rival="triplet",
        trial=POINTS,
    ),
    Loss(
        name="triplet",
        told=lambda spec: "triplet" in spec.objectives,
        title="Triplet loss",
        paper=Paper(
            title="FaceNet: A Unified Embedding for Face Recognition and Clustering",
            authors="Schroff, Kalenichenko, Philbin",
            year=2015,
            venue="Conference on Computer Vision and Pattern Recognition",
            arxiv="1503.03832",
        ),
        formula=r"L = \max(0, |a - p|^2 - |a - n|^2 + m)",
        symbols="a: the anchor's point; p: one of its class; n: one of another; m: margin, "
        "0.2 as in the paper",
        use="Only the order of distances counts: like lies nearer than unlike, by a margin.",
        limits="All depends on which triplets are drawn: easy ones teach nothing, the hardest "
        "are often wrong labels and may collapse the map.",
        where=(
            "nna.objectives.triplet.Triplet",
            "torch.nn.TripletMarginWithDistanceLoss",
            "torch.nn.TripletMarginLoss",
        ),
        curve=SHORT,
        argument="by how much the negative's squared distance is the greater",
        span=(-1.0, 1.0),
        train=Code("nna.lab.blocks.formulas.triplets"),
        facts=(
            value(SHORT, 0.0, 0.2),
            value(SHORT, 0.3, 0.0, "value beyond the margin"),
            Fact("of squared distances 1 and 1.1, by torch", 0.1, _hardness, 1e-6),
        ),
        rival="contrastive",
        trial=POINTS,
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
