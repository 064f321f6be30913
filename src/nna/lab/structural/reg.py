"""Structural claims about initialisation, normalisation, regularisation and validation."""

from __future__ import annotations

from collections.abc import Iterator

from nna.lab.check import Fact, check, limit, right, text


@check(
    row="REG-01",
    says="Glorot's initialisation has the variance 2 / (n_in + n_out), He's 2 / n_in.",
    right="As said; drawn evenly instead of normally, the bound is the root of three times that.",
    source="Glorot, Bengio (2010), AISTATS, PMLR 9:249, equations 12 and 16; He, Zhang, Ren, Sun "
    "(2015), arXiv:1502.01852, section 2.2",
    verdict="holds",
)
def variances() -> Iterator[Fact]:
    """A million weights of PyTorch's."""
    import torch
    from torch import nn

    glorot = float(nn.init.xavier_normal_(torch.empty(2000, 500)).var()) * (500 + 2000) / 2
    he = float(nn.init.kaiming_normal_(torch.empty(2000, 500)).var()) * 500 / 2
    even = float(nn.init.xavier_uniform_(torch.empty(2000, 500)).abs().max())
    bound = (3 * 2 / 2500) ** 0.5
    yield text("Glorot's, within 1 %", abs(glorot - 1) < 0.01, f"{glorot:.4f} of it")
    yield text("He's, within 1 %", abs(he - 1) < 0.01, f"{he:.4f} of it")
    yield right("even draws end at root of three times the variance", abs(even / bound - 1) < 1e-3)


@check(
    row="REG-06",
    says="Batch normalisation subtracts the batch's mean, divides by its standard deviation, then "
    "scales and shifts by learnt numbers.",
    right="In training. To answer, running averages of mean and variance stand for the batch's; "
    "the average takes the unbiased variance, the division the biased one.",
    source="Ioffe, Szegedy (2015), arXiv:1502.03167, algorithms 1 and 2",
    verdict="holds with limits",
)
def batch_norm() -> Iterator[Fact]:
    """The formula against PyTorch's layer, training and answering."""
    import torch
    from torch import nn

    layer, x = nn.BatchNorm1d(3).double(), 2 * torch.randn(10, 3).double() + 5
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 2.0, 3.0]))
        layer.bias.copy_(torch.tensor([-1.0, 0.0, 1.0]))
        formula = (x - x.mean(0)) / (x.var(0, correction=0) + 1e-5).sqrt()
        formula = formula * layer.weight + layer.bias
        training, running = layer(x), layer.running_var
        answering = layer.eval()(x)
    assert running is not None
    unbiased = torch.allclose(running, 0.9 + 0.1 * x.var(0))
    yield text("in training", torch.allclose(training, formula, atol=1e-12))
    yield limit("when it answers", torch.allclose(answering, formula, atol=1e-3))
    yield right("a tenth of the unbiased variance enters the average", unbiased)


@check(
    row="REG-10",
    says="Layer normalisation treats each example by itself and works with a batch of one; batch "
    "normalisation doesn't.",
    right="As said of training; when it answers, batch normalisation uses its running averages and "
    "takes a single example as well.",
    source="Ba, Kiros, Hinton (2016), arXiv:1607.06450, section 3",
    verdict="holds with limits",
)
def layer_norm() -> Iterator[Fact]:
    """One example alone and among others; the formula."""
    import torch
    from torch import nn

    x, others = torch.randn(1, 6).double(), torch.randn(7, 6).double()
    by_layer, by_batch = nn.LayerNorm(6).double(), nn.BatchNorm1d(6).double()

    def depends(norm: nn.Module) -> bool:
        mates = [norm(torch.cat([x, scale * others]))[0] for scale in (1, 10)]
        return not torch.allclose(*mates)

    def takes_one(norm: nn.Module) -> bool:
        try:
            norm(x)
        except ValueError:
            return False
        return True

    formula = (x - x.mean(1)) / (x.var(1, correction=0) + 1e-5).sqrt()
    yield text("layer: the same whatever the others", not depends(by_layer))
    yield text("layer: takes one example", takes_one(by_layer))
    yield text("batch: depends on the others", depends(by_batch))
    yield text("batch: refuses one example in training", not takes_one(by_batch))
    yield limit("batch: refuses one example to answer for", not takes_one(by_batch.eval()))
    yield right("layer: by its formula", torch.allclose(by_layer(x), formula))


@check(
    row="REG-13",
    says="With a shortcut the gradient is dL/dx (1 + dF/dx): the one ensures that it never "
    "vanishes.",
    right="It vanishes where the block's own derivative is minus one. The one makes this unlikely: "
    "at the start, when blocks are small, the factor is near the identity.",
    source="He, Zhang, Ren, Sun (2016), arXiv:1603.05027, equation 5 and the remark below it",
    verdict="fails",
)
def plus_one() -> Iterator[Fact]:
    """A block that undoes its shortcut; a block as initialised."""
    import torch
    from torch import nn

    x = torch.randn(5, requires_grad=True)
    undone = torch.autograd.grad((x + -x).sum(), x)[0]
    block = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64))
    jacobian = torch.func.jacrev(lambda z: z + 0.1 * block(z))(torch.randn(64))
    values = torch.linalg.svdvals(jacobian).detach()
    span = f"{float(values.min()):.2f} to {float(values.max()):.2f}"
    yield text("never zero", bool(undone.any()), "F(x) = -x gives zero")
    yield right("a small block's singular values lie near one", bool(values.min() > 0.5), span)


@check(
    row="REG-16",
    says="With drop probability p, activations are scaled by p to answer, or, what is the same, "
    "weights by 1 - p.",
    right="Both by 1 - p, the share that was kept. The paper's p is the probability to keep a "
    "unit, hence the confusion; libraries scale by 1 / (1 - p) in training instead.",
    source="Srivastava and others (2014), JMLR 15:1929; Goodfellow, Bengio, Courville (2016), Deep "
    "Learning, section 7.12 (the geometric mean)",
    verdict="fails",
)
def dropout() -> Iterator[Fact]:
    """The mean of a unit's input under many masks, against both scalings."""
    import torch
    from torch import nn

    p, weight, x = 0.2, torch.randn(50).double(), torch.rand(50).double() + 1
    masks = (torch.rand(200_000, 50) >= p).double()
    mean, full = float((masks * x @ weight).mean()), float(x @ weight)
    kept = float((nn.Dropout(p)(torch.ones(1_000_000)) != 0).float().mean())
    yield text(
        "scaled by p is the mean", abs(mean - p * full) < 0.02 * abs(full), f"{mean / full:.3f}"
    )
    yield text("p is 1 - p", p == 1 - p)
    yield right("scaled by 1 - p is", abs(mean - (1 - p) * full) < 0.02 * abs(full))
    yield right("a library's p is the share that is dropped", abs(kept - (1 - p)) < 0.01)
    yield right("and it scales in training", float(nn.Dropout(p)(torch.ones(100)).max()) == 1.25)

    layer, every = torch.randn(8, 3).double(), torch.cartesian_prod(*[torch.arange(2).double()] * 8)
    chance = (1 - p) ** every.sum(1) * p ** (8 - every.sum(1))
    logs = ((every * x[:8]) @ layer).log_softmax(1)
    geometric = (chance[:, None] * logs).sum(0).softmax(0)  # of all 256, normalised
    arithmetic = (chance[:, None] * logs.exp()).sum(0)
    scaled = ((1 - p) * x[:8] @ layer).softmax(0)
    off = float((scaled - geometric).abs().max())
    yield right(
        "one softmax layer so scaled gives all masks' geometric mean", off < 1e-12, f"{off:.0e}"
    )
    apart = float((scaled - arithmetic).abs().max())
    yield right("and not their mean", apart > 1e-3, f"{apart:.2g}")


@check(
    row="REG-25",
    says="In k-fold cross-validation each example is validated once, and the estimate is the mean "
    "of the folds' losses.",
    right="As said; where folds differ in size, the mean over all examples weights them by it.",
    source="Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning, section "
    "7.10.1",
    verdict="holds with limits",
)
def folds() -> Iterator[Fact]:
    """Scikit-learn's folds of 103 examples."""
    import numpy as np
    from sklearn.model_selection import KFold

    parts = [test for _, test in KFold(5, shuffle=True, random_state=0).split(np.zeros(103))]
    losses = np.random.default_rng(0).exponential(size=103)
    once = sorted(np.concatenate(parts)) == list(range(103))
    means = [losses[part].mean() for part in parts]
    weighted = np.average(means, weights=[len(part) for part in parts])
    yield text("each example once", once)
    yield limit("the plain mean is that over examples", np.isclose(np.mean(means), losses.mean()))
    yield right("the weighted mean is", np.isclose(weighted, losses.mean()))


@check(
    row="REG-28",
    says="Accuracy is the share of right answers; precision and recall the share of right ones "
    "among those called positive and among the positive; F1 their harmonic mean; R2 one minus the "
    "share of variance left; AUC the chance that a positive is scored above a negative.",
    right="As said; of equal scores half counts.",
    source="Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning, section "
    "9.2.5; Fawcett (2006), doi:10.1016/j.patrec.2005.10.010",
    verdict="holds",
)
def measures() -> Iterator[Fact]:
    """By definition, against scikit-learn."""
    import numpy as np
    from sklearn import metrics

    draw = np.random.default_rng(0)
    truth = draw.integers(0, 2, 200)
    score = np.round(draw.normal(size=200) + truth, 1)  # rounded, so that some are equal
    said = (score > 0.5).astype(int)
    hits = int((truth & said).sum())
    precision, recall = hits / said.sum(), hits / truth.sum()
    apart = score[truth == 1][:, None] - score[truth == 0]
    left = ((truth - score) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()
    found = {
        "accuracy": ((truth == said).mean(), metrics.accuracy_score(truth, said)),
        "precision": (precision, metrics.precision_score(truth, said)),
        "recall": (recall, metrics.recall_score(truth, said)),
        "F1": (2 / (1 / precision + 1 / recall), metrics.f1_score(truth, said)),
        "squared error": (((truth - score) ** 2).mean(), metrics.mean_squared_error(truth, score)),
        "absolute error": (abs(truth - score).mean(), metrics.mean_absolute_error(truth, score)),
        "R2": (1 - left, metrics.r2_score(truth, score)),
        "AUC": (((apart > 0) + (apart == 0) / 2).mean(), metrics.roc_auc_score(truth, score)),
    }
    for name, (ours, theirs) in found.items():
        yield text(name, abs(ours - theirs) < 1e-12, f"{ours:.4f}")
