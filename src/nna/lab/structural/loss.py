"""Structural claims about losses. Random numbers only stand for any numbers."""

from __future__ import annotations

from collections.abc import Iterator

from nna.lab.check import Fact, check, limit, right, text


@check(
    row="LOSS-01",
    says="Squared error is maximum likelihood under Gaussian noise, cross-entropy under a "
    "Bernoulli or categorical variable; absolute error is robust to outliers.",
    right="As said. The constant that minimises squared error is the mean, absolute error the "
    "median, which is the maximum likelihood under Laplace noise.",
    source="Bishop (2006), Pattern Recognition and Machine Learning, section 5.2",
    verdict="holds",
)
def likelihoods() -> Iterator[Fact]:
    """Losses against the densities of torch.distributions, and minimisers on a fine grid."""
    import math

    import torch
    from torch import distributions
    from torch.nn import functional

    y, z = torch.randn(21).double(), torch.randn(21).double()
    bits, kinds, scores = (y > 0).double(), torch.arange(21) % 3, torch.randn(21, 3).double()
    gaussian = -distributions.Normal(z, 1.0).log_prob(y) - math.log(2 * math.pi) / 2
    bernoulli = -distributions.Bernoulli(logits=z).log_prob(bits)
    categorical = -distributions.Categorical(logits=scores).log_prob(kinds)
    binary = functional.binary_cross_entropy_with_logits(z, bits, reduction="none")
    several = functional.cross_entropy(scores, kinds, reduction="none")
    constants = torch.linspace(-5, 50, 55_001, dtype=torch.float64)[:, None]
    far = y.clone()
    far[y.argmax()] = 1000.0  # an outlier; the median stays
    squared, absolute = (
        float(constants[(constants - y).abs().pow(p).mean(1).argmin()]) for p in (2, 1)
    )
    moved = float(constants[(constants - far).abs().mean(1).argmin()])
    yield text("Gaussian: half the squared error", torch.allclose(gaussian, (y - z) ** 2 / 2))
    yield text("Bernoulli: binary cross-entropy", torch.allclose(bernoulli, binary))
    yield text("categorical: cross-entropy", torch.allclose(categorical, several))
    yield text(
        "an outlier of 1,000 leaves absolute error's minimum", moved == absolute, f"{moved:.3f}"
    )
    yield right("squared error's is the mean", abs(squared - float(y.mean())) < 1e-3)
    yield right("absolute error's is the median", abs(absolute - float(y.median())) < 1e-3)
    yield right("the outlier moves the mean", float(far.mean()) > 40, f"{float(far.mean()):.0f}")


@check(
    row="LOSS-03",
    says="A prediction of 0.99 costs little binary cross-entropy where the answer is yes, and very "
    "much where it is no.",
    right="0.010 against 4.605 nats: 458 times as much.",
    source="arithmetic",
    verdict="holds",
)
def sure_and_wrong() -> Iterator[Fact]:
    """Both losses."""
    import torch
    from torch.nn import functional

    p, answers = torch.tensor([0.99, 0.99]).double(), torch.tensor([1.0, 0.0]).double()
    little, much = functional.binary_cross_entropy(p, answers, reduction="none").tolist()
    yield text("little where yes", little < 0.02, f"{little:.3f}")
    yield text("much where no", much > 4, f"{much:.3f}")
    yield right("458 times as much", round(much / little) == 458, f"{much / little:.1f}")


@check(
    row="LOSS-04",
    says="Sparse categorical cross-entropy is categorical cross-entropy on one-hot labels.",
    right="As said: only the form of the labels differs.",
    source="arithmetic",
    verdict="holds",
)
def sparse() -> Iterator[Fact]:
    """PyTorch's with indices and with probabilities."""
    import torch
    from torch.nn import functional

    scores, kinds = torch.randn(30, 5).double(), torch.arange(30) % 5
    hot = functional.one_hot(kinds, 5).double()
    one, other = (float(functional.cross_entropy(scores, labels)) for labels in (kinds, hot))
    yield text("the same number", abs(one - other) < 1e-12, f"{one:.6f}, {other:.6f}")


@check(
    row="LOSS-05",
    says="The hinge loss is less sensitive to outliers than cross-entropy.",
    right="A point far on the wrong side pulls with a slope of -1 in both. They differ on the "
    "right side: beyond the margin the hinge doesn't pull at all, cross-entropy always a little.",
    source="Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning, section "
    "10.6 and figure 10.4",
    verdict="fails",
)
def hinge() -> Iterator[Fact]:
    """Slopes with respect to the margin y f(x)."""
    import torch
    from torch.nn import functional

    margin = torch.tensor([-50.0, -5.0, 2.0, 5.0], dtype=torch.float64, requires_grad=True)
    bent = torch.autograd.grad((1 - margin).clamp_min(0).sum(), margin)[0]
    smooth = torch.autograd.grad(functional.softplus(-margin).sum(), margin)[0]
    found = f"hinge {float(bent[0]):.0f}, cross-entropy {float(smooth[0]):.4f}"
    yield text("the hinge pulls less at margin -50", bool(bent[0] > smooth[0] + 1e-6), found)
    yield right("both with slope -1", bool(bent[0] == -1 and abs(smooth[0] + 1) < 1e-6))
    yield right(
        "beyond the margin the hinge not at all", not bent[2:].any() and bool(smooth[2:].all())
    )


@check(
    row="LOSS-06",
    says="The Kullback-Leibler divergence is never negative, and zero only where both "
    "distributions are the same.",
    right="As said; but it is no distance: it is not symmetric, and infinite where q is zero and p "
    "is not.",
    source="Bishop (2006), Pattern Recognition and Machine Learning, section 1.6.1",
    verdict="holds",
)
def divergence() -> Iterator[Fact]:
    """On random distributions, and of two Gaussians by formula against sampling."""
    import math

    import torch
    from torch import distributions

    p, q = (torch.randn(500, 6).double().softmax(1) for _ in range(2))
    of = (p * (p / q).log()).sum(1)
    back = (q * (q / p).log()).sum(1)
    same = (p * (p / p).log()).sum(1)
    one, other = distributions.Normal(0.5, 0.8), distributions.Normal(0.0, 1.0)
    exact = math.log(1 / 0.8) + (0.64 + 0.25) / 2 - 0.5
    x = one.icdf((torch.arange(100_000) + 0.5) / 100_000)  # evenly spread quantiles
    sampled = float((one.log_prob(x) - other.log_prob(x)).mean())
    yield text("positive for 500 pairs", bool((of > 0).all()), f"least {float(of.min()):.3f}")
    yield text("zero for the same", not same.any())
    yield right("not symmetric", bool((of - back).abs().max() > 0.01))
    yield right("two Gaussians, by formula", abs(sampled / exact - 1) < 0.01, f"{exact:.4f}")


@check(
    row="LOSS-07",
    says="The triplet loss asks that d(a, p)^2 < d(a, n)^2 + margin.",
    right="The margin stands on the other side: d(a, p)^2 + margin < d(a, n)^2. As said, an "
    "embedding that maps everything to one point would satisfy it.",
    source="Schroff, Kalenichenko, Philbin (2015), arXiv:1503.03832, equation 1",
    verdict="fails",
)
def triplet_margin() -> Iterator[Fact]:
    """Both conditions on a collapsed embedding, and on distances that only one accepts."""
    margin = 0.2

    def said(positive: float, negative: float) -> bool:
        return positive < negative + margin

    def published(positive: float, negative: float) -> bool:
        return positive + margin < negative

    yield text("it forbids that all is one point", not said(0.0, 0.0))
    yield text("it asks that the negative be farther", not said(0.3, 0.2))
    yield right(
        "the published condition forbids both", not published(0, 0) and not published(0.3, 0.2)
    )
    yield right("and accepts what is apart by the margin", published(0.3, 0.6))


@check(
    row="LOSS-09",
    says="Momentum: v = b v - r g, then w = w + v.",
    right="While the rate r stays the same, libraries' form, v = b v + g and w = w - r v, takes "
    "the same path. When the rate changes they part: the one keeps the old rate in its velocity, "
    "the other scales all of it anew.",
    source="Sutskever, Martens, Dahl, Hinton (2013), ICML, PMLR 28(3):1139; "
    "PyTorch's documentation of torch.optim.SGD says so too",
    verdict="holds with limits",
)
def momentum() -> Iterator[Fact]:
    """Both forms on a quadratic, the rate constant and then changed."""
    import torch

    def apart(rates: list[float]) -> float:
        curve = torch.tensor([1.0, 10.0]).double()
        ours, velocity = torch.ones(2).double(), torch.zeros(2).double()
        theirs = torch.ones(2, dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.SGD([theirs], lr=rates[0], momentum=0.9)
        for rate in rates:
            velocity = 0.9 * velocity - rate * curve * ours
            ours = ours + velocity
            optimiser.param_groups[0]["lr"] = rate
            optimiser.zero_grad()
            (curve * theirs**2 / 2).sum().backward()
            optimiser.step()
        return float((ours - theirs).detach().abs().max())

    constant, changed = apart([0.01] * 20), apart([0.01] * 10 + [0.001] * 10)
    yield text("the same path at a constant rate", constant < 1e-12, f"{constant:.0e} apart")
    yield limit("the same when the rate falls", changed < 1e-12, f"{changed:.2g} apart")


@check(
    row="LOSS-10",
    says="The loss of a variational autoencoder is E[log p(x|z)] - b KL.",
    right="That is the evidence lower bound, to be made large; the loss is its negative. Descent "
    "on what is said makes reconstructions worse.",
    source="Kingma, Welling (2014), arXiv:1312.6114, section 2.2; Higgins and others (2017), "
    "beta-VAE, ICLR",
    verdict="fails",
)
def lower_bound() -> Iterator[Fact]:
    """A linear autoencoder of Gaussians: thirty steps of descent on each."""
    import torch

    x = torch.randn(200, 4).double() @ torch.randn(4, 4).double()

    def error(sign: float) -> list[float]:
        draw = torch.Generator().manual_seed(0)
        encode = (0.1 * torch.randn(4, 2, generator=draw).double()).requires_grad_()
        decode = (0.1 * torch.randn(2, 4, generator=draw).double()).requires_grad_()
        optimiser = torch.optim.SGD([encode, decode], lr=1e-3)
        errors = []
        for _ in range(30):
            mean = x @ encode
            z = mean + torch.randn(200, 2, generator=draw).double()
            likelihood = -((x - z @ decode) ** 2).sum(1).mean() / 2  # but for a constant
            divergence = (mean**2).sum(1).mean() / 2  # from N(0, 1) to N(mean, 1)
            optimiser.zero_grad()
            (sign * (likelihood - divergence)).backward()
            optimiser.step()
            errors.append(-2 * float(likelihood.detach()))
        return errors

    said, negated = error(1.0), error(-1.0)
    yield text(
        "descent on it lowers the error of reconstruction",
        said[-1] < said[0],
        f"{said[0]:.2f} to {said[-1]:.2f}",
    )
    yield right(
        "descent on its negative does",
        negated[-1] < negated[0],
        f"{negated[0]:.2f} to {negated[-1]:.2f}",
    )
