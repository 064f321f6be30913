"""Losses of distances: like examples near, others apart."""

from __future__ import annotations

import math

from nna.lab.blocks.entry import Code, Fact, Loss
from nna.lab.blocks.facts import slope, value
from nna.spec import Paper

APART = Code("nna.lab.blocks.formulas.contrastive_apart")
SHORT = Code("nna.lab.blocks.formulas.triplet_short")
POINTS = {"measured": "nearest", "outputs": 8}  # points in eight dimensions


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
)
