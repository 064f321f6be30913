"""What the paper proves of the game, on cases small enough to solve, and how it is lost."""

import math

import pytest
import torch
from torch.nn.functional import logsigmoid, softplus

from nna import registry
from nna.architectures.generative.gan.model import GAN, Maxout
from nna.architectures.generative.gan.spec import DESK, Config


@pytest.mark.parametrize(
    "forged", [[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]], ids=["equal", "different"]
)
def test_the_best_discriminator_is_p_over_p_plus_q(forged):
    """Proposition 1 and theorem 1, with exact expectations over four possible examples."""
    torch.manual_seed(0)
    p, q = torch.tensor([0.4, 0.3, 0.2, 0.1]), torch.tensor(forged)
    config = Config(noise=1, features=4, hidden=(1,), discriminator_hidden=(8,), maxout_pieces=2)
    discriminator, examples = GAN(config).discriminator.double(), torch.eye(4).double()
    optimiser = torch.optim.LBFGS(
        discriminator.parameters(), max_iter=200, line_search_fn="strong_wolfe"
    )

    def value():
        logits = discriminator(examples).squeeze(1)
        return (p * logsigmoid(logits) + q * logsigmoid(-logits)).sum()

    def closure():
        optimiser.zero_grad()
        loss = -value()
        loss.backward()
        return loss

    optimiser.step(closure)
    found = discriminator(examples).squeeze(1).sigmoid()
    torch.testing.assert_close(found, (p / (p + q)).double(), rtol=0, atol=1e-3)
    middle = (p + q) / 2
    jensen_shannon = ((p * (p / middle).log()).sum() + (q * (q / middle).log()).sum()) / 2
    assert value().item() == pytest.approx(-math.log(4) + 2 * jensen_shannon.item(), abs=1e-5)


def test_the_minimax_loss_gives_no_gradient_when_the_discriminator_is_sure():
    """Section 3: log(1 - D) saturates early, where -log D pulls hardest."""
    torch.manual_seed(0)
    model = GAN(DESK)
    with torch.no_grad():
        model.get_parameter("discriminator.4.bias").fill_(-20.0)  # D(G(z)) is about 2e-9
    logits = model.discriminator(model(torch.randn(64, DESK.noise)))

    def steepness(loss):
        gradients = torch.autograd.grad(loss, [*model.generator.parameters()], retain_graph=True)
        return torch.cat([g.flatten() for g in gradients]).norm()

    minimax, heuristic = (-softplus(logits)).mean(), softplus(-logits).mean()
    assert steepness(minimax) < 1e-6
    assert steepness(heuristic) > 1e-2


def test_two_pieces_make_an_absolute_value():
    unit = Maxout(1, 1, 2)
    with torch.no_grad():
        unit.pieces.weight.copy_(torch.tensor([[1.0], [-1.0]]))
    x = torch.linspace(-3, 3, 7)[:, None]
    torch.testing.assert_close(unit(x), x.abs())


def test_maxout_units_are_convex():
    torch.manual_seed(0)
    layer, one, other = Maxout(5, 9, 3), torch.randn(50, 5), torch.randn(50, 5)
    assert (layer((one + other) / 2) <= (layer(one) + layer(other)) / 2 + 1e-6).all()


def test_units_are_dropped_only_by_the_discriminator_and_only_in_training():
    config = Config(
        noise=3, features=2, hidden=(8,), discriminator_hidden=(32,), maxout_pieces=2, dropout=0.5
    )
    model, noise = GAN(config).train(), torch.randn(6, 3)
    forged = model(noise)
    torch.testing.assert_close(model(noise), forged, rtol=0, atol=0)
    assert not torch.equal(model.discriminator(forged), model.discriminator(forged))
    model.eval()
    torch.testing.assert_close(model.discriminator(forged), model.discriminator(forged))


def modes_after(rounds, forgeries):
    """Modes covered on a ring of eight Gaussians when the generator makes so many steps a round."""
    torch.manual_seed(0)
    turn = torch.arange(8) * math.pi / 4
    centres = 2 * torch.stack([turn.cos(), turn.sin()], dim=1)
    model = GAN(DESK)
    optimisers = {
        name: torch.optim.Adam(getattr(model, name).parameters(), 1e-3, betas=(0.5, 0.999))
        for name in ("generator", "discriminator")
    }

    def descend(player, loss):
        optimisers[player].zero_grad()
        loss.backward()
        optimisers[player].step()

    def forge(n):
        return model(torch.randn(n, DESK.noise))

    for _ in range(rounds):
        real = centres[torch.randint(8, (64,))] + 0.05 * torch.randn(64, 2)
        judged, forged = model.discriminator(real), model.discriminator(forge(64).detach())
        descend("discriminator", softplus(-judged).mean() + softplus(forged).mean())
        for _ in range(forgeries):
            descend("generator", softplus(-model.discriminator(forge(64))).mean())
    with torch.no_grad():
        near = torch.cdist(forge(2500), centres) < 0.2
    return int((near.sum(dim=0) >= 20).sum())


@pytest.mark.exhaustive
def test_a_generator_that_outruns_its_judge_collapses():
    """The "Helvetica scenario" of section 6, beside a fair game of as many generator steps."""
    assert modes_after(rounds=600, forgeries=1) >= 6
    assert modes_after(rounds=60, forgeries=10) <= 2


def test_players_without_hidden_layers_are_refused():
    with pytest.raises(ValueError, match="hidden layer"):
        GAN(Config(noise=2, features=2, hidden=(), discriminator_hidden=(4,), maxout_pieces=2))


def test_the_cards_example_by_hand():
    p, q = torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.0, 0.5, 0.5])
    best = p / (p + q)
    assert best.tolist() == [1, 0.5, 0]
    value = float(torch.special.xlogy(p, best).sum() + torch.special.xlogy(q, 1 - best).sum())
    logit = torch.tensor(-3.0, requires_grad=True)
    (saturating,) = torch.autograd.grad(logsigmoid(-logit), logit)  # of log(1 - D)
    (changed,) = torch.autograd.grad(-logsigmoid(logit), logit)
    card = registry.card("gan")
    for one in (value, (math.log(4) + value) / 2, logit.sigmoid(), saturating, changed):
        assert f"{float(one):.4f}" in card
    assert changed / saturating == pytest.approx(20, abs=0.1)
