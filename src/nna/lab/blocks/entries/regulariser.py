"""Regularisers: against learning examples by heart, and against steps that are too long."""

from __future__ import annotations

import math

from nna.lab.blocks.entry import Code, Fact, Regulariser
from nna.lab.blocks.facts import seeded, slope, value
from nna.spec import Paper

SOFT = Code("nna.lab.blocks.formulas.soft_threshold", {"by": 0.5})
NOISY = {"noise": 0.2, "train": 300, "depth": 2, "width": 256, "epochs": 40}


def _after_decay() -> float:
    """What is left of a weight of 1 after a hundred steps without gradient."""
    import torch

    weight = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([weight], lr=0.1, weight_decay=0.01)
    for _ in range(100):
        weight.grad = torch.zeros_like(weight)
        optimiser.step()
    return float(weight.detach())


def _ridge() -> float:
    """The coefficient of one standardised feature, of a target equal to it, at lambda 1."""
    import torch
    from torch import nn

    w = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimiser = torch.optim.SGD([w], lr=0.1)
    for _ in range(500):
        optimiser.zero_grad()
        ((w - 1) ** 2 / 2 + w**2 / 2).sum().backward()
        optimiser.step()
    return float(w.detach())


def _smoothed(of: str) -> float:
    """The loss of smoothed labels where the scores are the smoothed shares themselves."""
    import torch
    from torch.nn import functional

    shares = torch.full((1, 10), 0.01, dtype=torch.float64)
    shares[0, 0] = 0.91
    scores, target = shares.log().requires_grad_(), torch.tensor([0])
    loss = functional.cross_entropy(scores, target, label_smoothing=0.1)
    loss.backward()
    assert scores.grad is not None
    return float(loss.detach()) if of == "loss" else float(scores.grad.abs().max())


def _clipped(entry: int) -> float:
    import torch
    from torch import nn

    weights = nn.Parameter(torch.zeros(2, dtype=torch.float64))
    weights.grad = torch.tensor([3.0, 4.0], dtype=torch.float64)
    length = nn.utils.clip_grad_norm_([weights], 1.0)
    return float(length) if entry < 0 else float(weights.grad[entry])


def _share_spread() -> float:
    """The variance of the shares that kornia blends by, over many pictures."""
    import torch
    from kornia.augmentation import RandomMixUpV2

    change = RandomMixUpV2(data_keys=["input", "class"])
    x = torch.zeros(20_000, 1, 1, 1)
    _, blend = change(x, torch.zeros(20_000, dtype=torch.long))  # type: ignore[misc]
    return float(blend.reshape(-1, 3)[:, 2].var())


BLOCKS = (
    Regulariser(
        name="l1",
        also=("lasso",),
        title="L1 penalty",
        paper=Paper(
            title="Regression Shrinkage and Selection via the Lasso",
            authors="Tibshirani",
            year=1996,
            venue="Journal of the Royal Statistical Society, Series B",
            doi="10.1111/j.2517-6161.1996.tb02080.x",
        ),
        formula=r"L + \lambda \sum_i |w_i|",
        symbols=r"L: loss; w: weights; \lambda: strength",
        use="Pulls every weight towards zero by the same amount: unless it is weak, its minimum "
        "has weights that are exactly zero, a selection of features.",
        limits="Gradient descent steps over zero and never rests on it; that takes a proximal "
        "step. Of two equal features it may "
        "keep either, as the solver happens to go.",
        where=("nna.lab.blocks.formulas.l1_penalty",),
        picture="lasso",
        facts=(
            value(SOFT, 0.3, 0.0, "minimum of (v - 0.3)^2 / 2 + 0.5 |v|"),
            value(SOFT, 2.0, 1.5, "minimum of (v - 2)^2 / 2 + 0.5 |v|"),
            slope(SOFT, 2.0, 1.0, "how it follows 2"),
        ),
        trial=NOISY,
        piece={"l1": 1e-3},
    ),
    Regulariser(
        name="l2",
        also=("ridge", "tikhonov"),
        title="L2 penalty",
        paper=Paper(
            title="Ridge Regression: Biased Estimation for Nonorthogonal Problems",
            authors="Hoerl, Kennard",
            year=1970,
            venue="Technometrics",
            doi="10.1080/00401706.1970.10488634",
        ),
        formula=r"L + \frac{\lambda}{2} \sum_i w_i^2",
        symbols=r"L: loss; w: weights; \lambda: strength",
        use="Pulls each weight towards zero by its own size: together they grow smaller, hardly "
        "one becomes exactly zero, and features that go together share the weight.",
        limits="It selects nothing; in adaptive methods it does not shrink weights alike, see "
        "weight_decay.",
        where=("nna.lab.blocks.formulas.l2_penalty", "torch.optim.SGD"),
        picture="ridge",
        facts=(Fact("coefficient 1 / (1 + lambda), at 1", 0.5, _ridge, 1e-9),),
        trial=NOISY,
        piece={"l2": 1e-2},
    ),
    Regulariser(
        name="weight_decay",
        told=lambda spec: spec.recipe.weight_decay > 0,
        title="Weight decay",
        paper=Paper(
            title="A Simple Weight Decay Can Improve Generalization",
            authors="Krogh, Hertz",
            year=1991,
            venue="Advances in Neural Information Processing Systems",
            url="https://proceedings.neurips.cc/paper/1991/hash/"
            "8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html",
        ),
        formula=r"w \leftarrow (1 - \eta \lambda) w - \eta g",
        symbols=r"w: weights; g: gradient; \eta: rate; \lambda: strength",
        use="Every step shrinks the weights a little; what the data don't ask for fades away. For "
        "plain descent the same as an L2 penalty.",
        limits="For Adam it is not: take AdamW. Biases and norms are usually left out; in front of "
        "a norm it changes the rate rather than the function.",
        where=("torch.optim.AdamW", "torch.optim.SGD"),
        picture="decay",
        facts=(Fact("left of 1 after 100 steps, (1 - 0.001)^100", 0.999**100, _after_decay),),
        trial=NOISY,
        piece={"decay": 1e-2},
    ),
    Regulariser(
        name="label_smoothing",
        title="Label smoothing",
        paper=Paper(
            title="Rethinking the Inception Architecture for Computer Vision",
            authors="Szegedy, Vanhoucke, Ioffe, Shlens, Wojna",
            year=2016,
            venue="Conference on Computer Vision and Pattern Recognition",
            arxiv="1512.00567",
        ),
        formula=r"q_i = (1 - \epsilon) \delta_{it} + \frac{\epsilon}{K}",
        symbols=r"q: shares to be learnt; t: the right class of K; \epsilon: 0.1; \delta: 1 where "
        "i = t, else 0",
        use="Asks for a little less than certainty, so that scores stop growing once they are "
        "right.",
        limits="Shares come out too timid where the network would have been calibrated, and what "
        "sets examples of one class apart is rubbed out.",
        where=("torch.nn.CrossEntropyLoss",),
        picture="smoothing",
        facts=(
            Fact(
                "least loss, the entropy of the shares",
                -0.91 * math.log(0.91) - 0.09 * math.log(0.01),
                lambda: _smoothed("loss"),
            ),
            Fact("gradient at the shares", 0.0, lambda: _smoothed("gradient"), 1e-12),
        ),
        trial=NOISY,
        piece={"smoothing": 0.1},
    ),
    Regulariser(
        name="early_stopping",
        told=lambda spec: spec.recipe.patience is not None,
        title="Early stopping",
        paper=Paper(
            title="Early Stopping - But When?",
            authors="Prechelt",
            year=1998,
            venue="Neural Networks: Tricks of the Trade",
            doi="10.1007/3-540-49430-8_3",
        ),
        formula=r"\hat w = w_s, \quad L_{val}(w_s) = \min_t L_{val}(w_t)",
        symbols=r"w_t: weights after epoch t; \hat w: those that are kept; L_{val}: loss of "
        "examples that are not trained on",
        use="Keeps the weights that did best on examples set aside: a regulariser that saves time.",
        limits="It costs the examples set aside, and the curve may fall again after a rise; the "
        "patience is to be chosen.",
        where=("nna.training.loop.Training",),
        picture="stopping",
        facts=(),
        trial=NOISY,
        piece={"stopping": True},
    ),
    Regulariser(
        name="gradient_clipping",
        told=lambda spec: spec.recipe.clip_norm is not None,
        also=("clip",),
        title="Gradient clipping",
        paper=Paper(
            title="On the Difficulty of Training Recurrent Neural Networks",
            authors="Pascanu, Mikolov, Bengio",
            year=2013,
            venue="International Conference on Machine Learning",
            arxiv="1211.5063",
        ),
        formula=r"g \leftarrow g \, \min\left(1, \frac{c}{\lVert g \rVert}\right)",
        symbols="g: gradient of all weights; c: its greatest length",
        use="A gradient that is too long is shortened, its direction kept: one bad batch can't "
        "throw the weights far away. Usual in recurrent networks and transformers.",
        limits="It cures exploding gradients, not vanishing ones; where most steps are clipped, "
        "c has become the rate.",
        where=("torch.nn.utils.clip_grad_norm_",),
        picture="clipping",
        facts=(
            Fact("length of (3, 4), as torch gives it", 5.0, lambda: _clipped(-1)),
            Fact("first entry of (3, 4) at c = 1", 0.6, lambda: _clipped(0), 1e-6),
            Fact("second entry", 0.8, lambda: _clipped(1), 1e-6),
        ),
        trial={"optimiser": Code("torch.optim.SGD", {"lr": 1.5}), "depth": 6},
        piece={"clip": 1.0},
    ),
    Regulariser(
        name="mixup",
        told=lambda spec: "mixup" in spec.recipe.augment,
        title="Mixup",
        paper=Paper(
            title="mixup: Beyond Empirical Risk Minimization",
            authors="Zhang, Cissé, Dauphin, Lopez-Paz",
            year=2018,
            venue="International Conference on Learning Representations",
            arxiv="1710.09412",
        ),
        formula=r"\tilde x = s x_i + (1 - s) x_j, \quad \tilde t = s t_i + (1 - s) t_j, \quad "
        r"s \sim \text{Beta}(\alpha, \alpha)",
        symbols=r"x, t: examples i, j and the shares of their classes; s: share of the first; "
        r"\alpha: 1 here, which draws it evenly",
        use="Trains on blends of two examples and of their labels: between examples the network "
        "is asked to be linear.",
        limits="Blends look like nothing real, and training takes longer; for classes only, as it "
        "stands here.",
        where=("kornia.augmentation.RandomMixUpV2", "nna.training.augment.augment"),
        picture="blends",
        facts=(Fact("variance of the shares, 1 / 12", 1 / 12, seeded(_share_spread), within=2e-3),),
        trial=NOISY,
        piece={"augment": ("mixup",)},
    ),
)
