"""Triplet loss on digits never seen, and the same loss with its margin on the wrong side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nna.learning.base import Objective
    from nna.training.in_memory import Tensors

SETS = {"digits": "still", "moved_digits": "moved"}
KINDS = {
    "pixels": "distance of the pixels",
    "right": "triplet loss",
    "wrong": "margin on the wrong side",
}
EPOCHS, BATCH = 10, 64


def measure(seed: int, quick: bool) -> dict[str, float]:
    """AUC of each distance on three digits that training didn't see, still and moved."""
    import torch

    from nna import registry
    from nna.lab.learn import learn
    from nna.spec import Recipe

    numbers: dict[str, float] = {}
    for data, moved in SETS.items():
        train, test = parts(data, seed, quick)
        numbers[f"{moved}_pixels"] = auc(test.x.flatten(1), test)
        for kind in ("right", "wrong"):
            torch.manual_seed(seed)
            side = train.x.shape[1]
            model = registry.build("siamese", channels=side, steps=side)
            recipe = Recipe(
                objective="triplet",
                epochs=1 if quick else EPOCHS,
                learning_rate=2e-3,
                batch_size=BATCH,
                schedule="cosine",
            )
            learn(
                model,
                recipe,
                train,
                seed=seed,
                objective=wrong_side() if kind == "wrong" else None,
            )
            model.eval()
            with torch.no_grad():
                numbers[f"{moved}_{kind}"] = auc(model(test.x), test)
    return numbers


def parts(data: str, seed: int, quick: bool) -> tuple[Tensors, Tensors]:
    """Rows of pixels as steps, standardised by the training part; classes parted by the seed."""
    from nna.data import catalog
    from nna.data.splits.class_disjoint import unseen
    from nna.data.splits.split import split
    from nna.training.in_memory import Tensors

    of = split(unseen(catalog.load(data), seed), seed)
    train, test = (Tensors.of(of[part]) for part in ("train", "test"))
    middle, spread = train.x.mean(), train.x.std()
    train, test = (Tensors.pair((p.x[:, 0] - middle) / spread, p.target) for p in (train, test))
    if quick:
        train, test = (Tensors.pair(p.x[::8], p.target[::8]) for p in (train, test))  # type: ignore[index]
    return train, test


def auc(points, test: Tensors) -> float:
    """Area under the curve of true over false acceptances, all pairs; 1/2 for points alike."""
    import numpy as np
    from scipy.spatial.distance import pdist
    from sklearn.metrics import roc_auc_score

    label = np.asarray(test.target)
    one, other = np.triu_indices(len(label), 1)
    return float(roc_auc_score(label[one] == label[other], -pdist(points.double().numpy())))


def wrong_side() -> Objective:
    """max(0, |a - p|^2 - |a - n|^2 - margin): what d(a, p) < d(a, n) + margin would ask for."""
    from dataclasses import dataclass

    from nna.objectives.triplet import Triplet, semi_hard

    @dataclass(frozen=True)
    class WrongSide(Triplet):
        def loss(self, model, batch):
            points, label = model(**batch.inputs), batch.target
            squared = (points[:, None] - points[None]).square().sum(2)
            anchor, positive, negative = semi_hard(squared.detach(), label)
            short = squared[anchor, positive] - squared[anchor, negative] - self.margin
            return short.clamp(min=0).sum() / max(len(short), 1), {}

    return WrongSide()


def figure(columns: Columns) -> Figure:
    """The AUC of every run, still digits and moved ones."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, axes = new(9, 2.6, 2)
    colours = (GREY, BLUE, ORANGE)
    for axis, moved in zip(axes, SETS.values(), strict=True):
        runs(axis, [(columns[f"{moved}_{k}"], c) for k, c in zip(KINDS, colours, strict=True)])
        axis.set_yticks(range(len(KINDS)), list(KINDS.values()) if moved == "still" else [""] * 3)
        axis.axvline(0.5, color=GREY, linestyle=":", linewidth=1)
        axis.set(
            xlim=(0.45, 1), xlabel="AUC on three unseen digits, a dot a seed", title=TITLES[moved]
        )
    return drawing


TITLES = {"still": "Digits that stand still", "moved": "Moved by up to a pixel"}

EXPERIMENT = Experiment(
    title="Classes never seen, by triplets",
    scope="on three unseen digits of ten, 10 epochs",
    claims=(
        Claim(
            row="LOSS-08",
            says="Trained by triplets, a network puts pairs of one class near and keeps classes "
            "apart that it never saw.",
            by=(
                "Schroff, Kalenichenko, Philbin (2015). FaceNet: A unified embedding for face "
                "recognition and clustering. CVPR, arXiv:1503.03832, section 3",
            ),
            conditions=(
                Condition(says="AUC on still digits never seen", of="still_right", at_least=0.85),
                Condition(
                    says="it beats the distance of their pixels",
                    of="still_right",
                    minus="still_pixels",
                    at_least=0.05,
                ),
                Condition(
                    says="the margin on the wrong side leaves chance",
                    of="still_wrong",
                    at_most=0.55,
                ),
                Condition(
                    says="on moved digits it beats the distance of the pixels",
                    of="moved_right",
                    minus="moved_pixels",
                    at_least=0.05,
                    limit=True,
                ),
            ),
            rather="What is learnt is which changes don't matter. Where pixels lie aligned there "
            "is little of that to learn, and their distance is hard to beat; where they don't, it "
            "says next to nothing. A margin on the wrong side asks for nothing, so that the "
            "network stays near its start, which keeps distances as any random network does.",
        ),
    ),
    protocol=Protocol(
        data="The datasets digits (8 x 8) and moved_digits (10 x 10): three of the ten classes, "
        "drawn by the seed, are kept for the test; of the rest 85 % are trained on. Pixels "
        "standardised as a whole; rows as steps.",
        models="The Siamese network's desk size: two time-delay layers of 64 maps and windows of "
        "3, outputs at length one.",
        training="Triplet loss with margin 0.2 and semi-hard negatives, Adam at rate 0.002 falling "
        "as a cosine, batches of 64, 10 epochs. The control has the margin subtracted.",
        measured="Area under the curve of true over false acceptances over all pairs of the test "
        "digits, by distance of the outputs, and by distance of the pixels.",
        quick="An eighth of the digits and one epoch.",
    ),
    quantities={
        f"{moved}_{kind}": Quantity(about=f"{TITLES[moved]}: AUC, {text}", unit="")
        for moved in SETS.values()
        for kind, text in KINDS.items()
    },
    seeds=10,
    minutes=4,
    measure=measure,
    figure=figure,
)
