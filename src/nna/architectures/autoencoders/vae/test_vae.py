"""What the paper proves of variational autoencoders, and how their codes fall silent."""

import math

import pytest
import torch
from torch import distributions

from nna.architectures.autoencoders.vae.model import VAE, reparameterised
from nna.architectures.autoencoders.vae.objective import ELBO, divergence, log_likelihood
from nna.architectures.autoencoders.vae.sampler import sample, traverse
from nna.architectures.autoencoders.vae.spec import Config
from nna.learning.base import Batch


def test_the_cards_bound_by_hand():
    """One number, one code: x = 1, encoder mean 0.5 and variance 0.25, decoder 2 z, eps = 1."""
    mean, log_var = torch.tensor([[0.5]]), torch.tensor([[math.log(0.25)]])
    z = reparameterised(mean, log_var, torch.tensor([[1.0]]))
    assert z.item() == pytest.approx(1.0)
    fits = log_likelihood(torch.tensor([[1.0]]), 2 * z, "linear", 1.0).item()
    assert fits == pytest.approx(-1.4189, abs=6e-5)
    apart = divergence(mean, log_var).item()
    assert apart == pytest.approx(0.4431, abs=6e-5)
    assert fits - apart == pytest.approx(-1.8621, abs=6e-5)
    exact = distributions.Normal(0.0, 5**0.5).log_prob(torch.tensor(1.0)).item()
    assert exact == pytest.approx(-1.8237, abs=6e-5)


def _bound(w, s, x, m, v):
    """The exact bound of x = w z + s e with code N(m, v), all in closed form."""
    expected = -0.5 * math.log(2 * math.pi * s**2) - ((x - w * m) ** 2 + w**2 * v) / (2 * s**2)
    mean, variance = torch.tensor([[[m]], [[v]]], dtype=torch.float64)
    return expected - divergence(mean, variance.log()).item()


def test_the_bound_lies_below_the_log_likelihood_and_touches_it_at_the_true_posterior():
    torch.manual_seed(0)
    for w, s, x, m, v in (torch.randn(200, 5).abs() + 0.05).tolist():
        exact = -0.5 * math.log(2 * math.pi * (w**2 + s**2)) - x**2 / (2 * (w**2 + s**2))
        assert _bound(w, s, x, m, v) <= exact + 1e-9
        true_mean, true_var = w * x / (w**2 + s**2), s**2 / (w**2 + s**2)
        assert _bound(w, s, x, true_mean, true_var) == pytest.approx(exact, abs=1e-9)


def test_the_divergence_is_the_mean_over_draws():
    torch.manual_seed(0)
    mean, log_var = torch.tensor([[0.7, -0.2]]), torch.tensor([[-1.0, 0.4]])
    code = distributions.Normal(mean, (0.5 * log_var).exp())
    drawn = code.sample((200_000,))
    prior = distributions.Normal(0.0, 1.0)
    estimate = (code.log_prob(drawn) - prior.log_prob(drawn)).sum(-1).mean()
    assert divergence(mean, log_var).item() == pytest.approx(estimate.item(), rel=0.02)


def test_gradients_pass_through_a_draw():
    mean, log_var = torch.zeros(1, 2, requires_grad=True), torch.zeros(1, 2, requires_grad=True)
    eps = torch.tensor([[3.0, -1.0]])
    reparameterised(mean, log_var, eps).sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(1, 2))
    torch.testing.assert_close(log_var.grad, eps / 2)


def test_the_reconstruction_is_summed_over_an_example_and_not_averaged():
    torch.manual_seed(0)
    one, out = torch.rand(4, 3), torch.randn(4, 3)
    twice = torch.cat([one, one], dim=1)
    both = log_likelihood(twice, torch.cat([out, out], dim=1), "logistic", 1.0)
    torch.testing.assert_close(both, 2 * log_likelihood(one, out, "logistic", 1.0))


def test_beta_weighs_the_divergence_alone():
    torch.manual_seed(0)
    model, table = VAE(Config(features=4, hidden=(6,), code=2)), torch.randn(9, 4)
    losses = {}
    for beta in (0.0, 1.0, 4.0):
        torch.manual_seed(1)
        losses[beta], quantities = ELBO(beta=beta).loss(model, Batch({"table": table}))
        torch.testing.assert_close(
            losses[beta], beta * quantities["divergence"] - quantities["log-likelihood"]
        )
    torch.testing.assert_close(losses[4.0] - losses[0.0], 4 * (losses[1.0] - losses[0.0]))


TURN = torch.arange(8) * math.pi / 4
CENTRES = 2 * torch.stack([TURN.cos(), TURN.sin()], dim=1)


def fit(beta: float, steps: int = 500, deviation: float = 0.1) -> VAE:
    """A network of the desk's size, trained on a ring of eight Gaussians."""
    torch.manual_seed(0)
    model = VAE(Config(features=2, hidden=(64, 64), code=2, activation="relu"))
    optimiser, aim = (
        torch.optim.Adam(model.parameters(), 3e-3),
        ELBO(beta=beta, deviation=deviation),
    )
    for _ in range(steps):
        table = CENTRES[torch.randint(8, (128,))] + 0.05 * torch.randn(128, 2)
        optimiser.zero_grad()
        aim.loss(model, Batch({"table": table}))[0].backward()
        optimiser.step()
    return model


def share_on_the_ring(model: VAE) -> float:
    drawn = sample(model, 2000, torch.Generator().manual_seed(1))
    return (torch.cdist(drawn, CENTRES).amin(1) < 0.4).double().mean().item()


@pytest.mark.slow
def test_its_samples_lie_on_the_data_where_a_plain_autoencoders_do_not():
    """At beta 0 nothing holds the codes: their holes are drawn from, too."""
    assert share_on_the_ring(fit(1.0)) > share_on_the_ring(fit(0.0)) + 0.15


def test_under_a_large_beta_the_posterior_collapses():
    model = fit(500.0, steps=200)
    mean, log_var = model.encode(CENTRES)
    assert divergence(mean, log_var).mean() < 0.05
    assert (model(CENTRES) - model(CENTRES).mean(0)).abs().max() < 0.5  # all of them much alike


def test_a_walk_changes_one_number_of_the_code():
    torch.manual_seed(0)
    model, table = VAE(Config(features=3, hidden=(5,), code=2)), torch.randn(4, 3)
    values = torch.linspace(-2, 2, 5)
    walked = traverse(model, table, 1, values)
    assert walked.shape == (5, 4, 3)
    mean, _ = model.encode(table)
    code = torch.stack([mean[2, 0], values[3]])[None]
    torch.testing.assert_close(walked[3, 2], model.decode(code)[0])


def test_samples_are_of_the_prior_and_repeat_with_the_generator():
    torch.manual_seed(0)
    model = VAE(Config(features=3, hidden=(5,), code=2, output="logistic"))
    one, other = (sample(model, 20, torch.Generator().manual_seed(s)) for s in (3, 3))
    torch.testing.assert_close(one, other, rtol=0, atol=0)
    codes = torch.randn(20, 2, generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(one, model.decode(codes))
    assert ((one > 0) & (one < 1)).all()


def test_a_layer_without_units_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        VAE(Config(features=4, hidden=(3,), code=0))
