"""What the paper says of the contractive autoencoder: its penalty, what is kept, what is lost."""

import math
from functools import cache

import pytest
import torch
from hypothesis import given, settings, strategies as st
from sklearn.datasets import load_digits

from nna import registry
from nna.architectures.autoencoders.contractive_autoencoder.model import ContractiveAutoencoder
from nna.architectures.autoencoders.contractive_autoencoder.objective import Contractive
from nna.architectures.autoencoders.contractive_autoencoder.spec import Config
from nna.learning.base import Batch


def built(seed=0, **more):
    torch.manual_seed(seed)
    return ContractiveAutoencoder(Config(**{"features": 5, "code": 7, **more})).double()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999), st.sampled_from(["logistic", "linear"]))
def test_the_closed_form_is_the_norm_of_the_jacobian(seed, activation):
    model, x = built(seed, activation=activation), torch.randn(5, dtype=torch.float64)
    jacobian = torch.func.jacrev(lambda one: model.encoder(one[None])[0])(x)
    norm = model.contraction(model.encoder(x[None]))
    assert norm.item() == pytest.approx(jacobian.square().sum().item())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999))
def test_it_is_the_mean_move_of_the_code_under_a_little_noise(seed):
    """So a denoising autoencoder's noise, on the code alone and without chance."""
    model, x = built(seed), torch.randn(5, dtype=torch.float64)
    small = 1e-4 * torch.eye(5, dtype=torch.float64)  # each number by itself: no cross terms left
    moved = model.encoder(x + small) - model.encoder(x[None])
    assert model.contraction(model.encoder(x[None])).item() == pytest.approx(
        moved.square().sum().item() / 1e-8, rel=1e-3
    )


def test_for_a_linear_code_it_is_weight_decay():
    model = built(activation="linear")
    norms = model.contraction(torch.randn(4, 7).double())
    torch.testing.assert_close(norms, model.weight.square().sum().expand(4))


def test_saturated_units_cost_nothing():
    model, far = built(), 200_000 * torch.ones(1, 5, dtype=torch.float64)
    assert model.contraction(model.encoder(far)).item() < 1e-3
    assert model.contraction(model.encoder(0 * far)).item() > 0.1


def test_the_decoder_has_the_encoders_weights():
    model = built(activation="linear", output="linear", features=6, code=3)
    jacobian = torch.func.jacrev(lambda x: model(x[None])["output"][0])(torch.zeros(6).double())
    torch.testing.assert_close(jacobian, model.weight.T @ model.weight)
    assert sum(p.numel() for p in model.parameters()) == 6 * 3 + 3 + 6


def test_the_cards_example_by_hand():
    model = built(features=2, code=1)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[3.0, 4.0]]))
    points = torch.tensor([[0.0, 0.0], [math.log(9) / 3, 0.0]], dtype=torch.float64)
    code = model.encoder(points)
    assert code[:, 0].tolist() == pytest.approx([0.5, 0.9])
    penalty = model.contraction(code).tolist()
    assert penalty == pytest.approx([1.5625, 0.2025])
    card = registry.card("contractive_autoencoder")
    for value in penalty:
        assert f"{value:.4f}" in card


def solved(variances, weight):
    """A linear one, its loss at its least: how much of each direction comes back."""
    torch.manual_seed(0)
    spread = torch.tensor(variances, dtype=torch.float64).sqrt()
    table = torch.diag(spread) * math.sqrt(len(variances))  # of just these variances, about 0
    model = built(features=len(variances), code=4, activation="linear", output="linear")
    optimiser = torch.optim.LBFGS(
        [model.weight], max_iter=300, tolerance_grad=1e-10, line_search_fn="strong_wolfe"
    )

    def closure():
        optimiser.zero_grad()
        loss, _ = Contractive(weight=weight).loss(model, Batch({"table": table}))
        loss.backward()
        return loss

    optimiser.step(closure)
    return (model.weight.T @ model.weight).diagonal().tolist()


def test_directions_of_a_variance_below_half_the_weight_are_lost():
    """Of variance v a linear one keeps 1 - weight / 2 v, and nothing from v = weight / 2 down."""
    kept = solved([4.0, 1.0, 0.4], 1.0)
    assert kept == pytest.approx([1 - 1 / 8, 1 - 1 / 2, 0.0], abs=1e-4)
    assert solved([4.0, 1.0, 0.4], 0.0) == pytest.approx([1.0, 1.0, 1.0], abs=1e-4)


@cache
def sensitivity(weight):
    """Trained on digits: mean contraction of unseen ones, and the error of their reconstruction."""
    torch.manual_seed(0)
    images = torch.tensor(load_digits(return_X_y=True)[0], dtype=torch.float32) / 16
    images = images[torch.randperm(len(images))]
    model = ContractiveAutoencoder(Config(features=64, code=96))
    optimiser, aim = torch.optim.Adam(model.parameters(), 3e-3), Contractive(weight=weight)
    for _ in range(300):
        optimiser.zero_grad()
        aim.loss(model, Batch({"table": images[torch.randint(1400, (64,))]}))[0].backward()
        optimiser.step()
    with torch.no_grad():
        given_ = model(images[1400:])
        moved = model.contraction(given_["code"]).mean().item()
        return moved, (given_["output"] - images[1400:]).square().mean().item()


def test_unseen_digits_move_the_code_far_less_at_some_cost_in_reconstruction():
    (plain, exact), (tight, error) = sensitivity(0.0), sensitivity(1.0)
    assert tight < plain / 5
    assert exact < error < 0.04


def test_a_layer_without_units_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        ContractiveAutoencoder(Config(features=4, code=0))
