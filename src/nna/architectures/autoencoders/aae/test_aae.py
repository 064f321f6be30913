"""What is claimed of adversarial autoencoders: who moves in which phase, and what codes become."""

import math
from functools import cache

import pytest
import torch
from torch.nn import functional as F

from nna import registry
from nna.architectures.autoencoders.aae.model import AAE
from nna.architectures.autoencoders.aae.objective import (
    AdversarialAutoencoding,
    forgery,
    judgement,
    reconstruction,
)
from nna.architectures.autoencoders.aae.sampler import sample
from nna.architectures.autoencoders.aae.spec import Config
from nna.learning.base import Batch, Turn

SMALL = Config(features=3, code=2, hidden=(5,), discriminator_hidden=(4,))


def built(config=SMALL):
    torch.manual_seed(0)
    return AAE(config)


def turn_of(model, rate, betas=None):
    """Descent of both players, and a record of who was moved by each."""
    players = {"autoencoder": model.autoencoder, "discriminator": model.discriminator}
    kind = (
        (lambda p: torch.optim.Adam(p, rate, betas))
        if betas
        else (lambda p: torch.optim.SGD(p, rate))
    )
    optimisers = {name: kind(of.parameters()) for name, of in players.items()}
    moved = []

    def descend(player, loss):
        before = {k: v.clone() for k, v in model.state_dict().items()}
        optimisers[player].zero_grad()
        loss.backward()
        optimisers[player].step()
        after = model.state_dict()
        moved.append({k.rpartition(".")[0].rstrip(".0123456789") for k in after
                      if not torch.equal(before[k], after[k])})  # fmt: skip

    return Turn(descend, rate, 0.0), moved


def test_each_phase_moves_whom_it_should():
    model, batch = built(), Batch({"table": torch.randn(9, 3)})
    turn, moved = turn_of(model, 0.1)
    AdversarialAutoencoding().step(model, {}, batch, turn)
    encoder, decoder = "autoencoder.encoder", "autoencoder.decoder"
    assert moved == [{encoder, decoder}, {"discriminator"}, {encoder}]


def test_without_weight_codes_are_left_alone():
    model, batch = built(), Batch({"table": torch.randn(9, 3)})
    turn, moved = turn_of(model, 0.1)
    AdversarialAutoencoding(weight=0.0).step(model, {}, batch, turn)
    assert len(moved) == 2


def test_a_judge_that_cannot_tell_has_the_loss_log_4():
    model, codes = built(), torch.randn(50, 2)
    with torch.no_grad():
        for parameter in model.discriminator.parameters():
            parameter.zero_()
    assert judgement(model, codes, codes).item() == pytest.approx(math.log(4))
    assert forgery(model, torch.randn(50, 3)).item() == pytest.approx(math.log(2))


def test_the_error_is_that_of_the_reconstruction():
    model, table = built(), torch.randn(9, 3)
    torch.testing.assert_close(reconstruction(model, table), F.mse_loss(model(table), table))


def test_the_cards_example_by_hand():
    model = built(Config(features=1, code=1, hidden=(), discriminator_hidden=()))
    with torch.no_grad():
        for name, value in {"encoder.0": (1.0, 0.0), "decoder.0": (1.0, 0.0)}.items():
            model.get_parameter(f"autoencoder.{name}.weight").fill_(value[0])
        model.get_parameter("discriminator.0.weight").fill_(-1.0)
        model.get_parameter("discriminator.0.bias").fill_(1.0)
    x = torch.tensor([[2.0]], requires_grad=True)
    judged = judgement(model, torch.tensor([[0.0]]), model.encoder(x)).item()
    forged = forgery(model, x)
    (slope,) = torch.autograd.grad(forged, x)
    card = registry.card("aae")
    for value in (judged, forged.item(), slope.item()):
        assert f"{value:.4f}" in card
    assert slope > 0  # so descent moves the code towards the prior


CENTRES = 2 * torch.stack(
    [(torch.arange(8) * math.pi / 4).cos(), (torch.arange(8) * math.pi / 4).sin()], dim=1
)


def ring(rows):
    return CENTRES[torch.randint(8, (rows,))] + 0.05 * torch.randn(rows, 2)


@cache
def fitted(weight):
    model = built(Config(features=2, code=1, hidden=(32, 32), discriminator_hidden=(32, 32)))
    aim = AdversarialAutoencoding(weight=weight)
    players = {"autoencoder": model.autoencoder, "discriminator": model.discriminator}
    optimisers = {
        name: torch.optim.Adam(of.parameters(), 3e-3, betas=(0.5, 0.999))
        for name, of in players.items()
    }

    def descend(player, loss):
        optimisers[player].zero_grad()
        loss.backward()
        optimisers[player].step()

    for _ in range(400):
        aim.step(model, players, Batch({"table": ring(128)}), Turn(descend, 3e-3, 0.0))
    return model


def apart(model):
    """The greatest gap between the distributions of codes and of the prior (Kolmogorov's)."""
    torch.manual_seed(1)
    with torch.no_grad():
        codes = model.encoder(ring(4000))[:, 0].sort().values
    below = torch.distributions.Normal(0.0, 1.0).cdf(codes)
    return (below - (torch.arange(4000) + 0.5) / 4000).abs().max().item()


@pytest.mark.slow
def test_codes_together_are_spread_like_the_prior_where_a_plain_autoencoders_are_not():
    assert apart(fitted(0.1)) < 0.2
    assert apart(fitted(0.0)) > apart(fitted(0.1))


def test_between_any_two_heaps_it_draws_what_is_in_neither():
    """The decoder is continuous: on the way from one heap to another it leaves both."""
    model = fitted(0.1)
    with torch.no_grad():
        ends = model.encoder(CENTRES[[0, 4]])
        way = ends[0] + torch.linspace(0, 1, 400)[:, None] * (ends[1] - ends[0])
        off = torch.cdist(model.decoder(way), CENTRES).amin(1)
    assert off.max() > 0.25


def test_samples_are_decoded_draws_of_the_prior_and_repeat_with_the_generator():
    model = built()
    one, other = (sample(model, 20, torch.Generator().manual_seed(3)) for _ in range(2))
    torch.testing.assert_close(one, other, rtol=0, atol=0)
    codes = torch.randn(20, 2, generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(one, model.decoder(codes))


def test_a_layer_without_units_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        AAE(Config(features=4, code=0, hidden=(3,), discriminator_hidden=(3,)))
