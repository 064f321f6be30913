"""What is known of denoising autoencoders beyond the contract: best guesses, noise, copies."""

import math

import pytest
import torch
from sklearn.datasets import load_digits

from nna.architectures.autoencoders.denoising_autoencoder.model import DenoisingAutoencoder
from nna.architectures.autoencoders.denoising_autoencoder.objective import Denoising, corrupted
from nna.architectures.autoencoders.denoising_autoencoder.spec import Config
from nna.learning.base import Batch


def fit(model, table, *, steps=300, rate=3e-3, level=0.5, size=256):
    """Descend the objective on random batches; without noise at level 0."""
    optimiser, aim = torch.optim.Adam(model.parameters(), rate), Denoising(level=level)
    for _ in range(steps):
        batch = Batch({"table": table[torch.randint(len(table), (size,))]})
        optimiser.zero_grad()
        aim.loss(model, batch)[0].backward()
        optimiser.step()


def test_the_cards_example_by_hand():
    """Two points at -1 and 1, noise of deviation 0.5, and 0.3 is seen."""
    seen, deviation = torch.tensor(0.3, dtype=torch.float64, requires_grad=True), 0.5
    bells = [torch.exp(-((seen - at) ** 2) / (2 * deviation**2)) for at in (-1.0, 1.0)]
    assert bells[0].item() == pytest.approx(0.0340, abs=6e-5)
    assert bells[1].item() == pytest.approx(0.3753, abs=6e-5)
    share = (bells[1] / sum(bells)).item()
    assert share == pytest.approx(0.9168, abs=6e-5)
    guess = 2 * share - 1
    assert guess == pytest.approx(0.8337, abs=6e-5)
    (score,) = torch.autograd.grad(torch.log(torch.stack([*bells]).sum()), seen)
    assert score.item() == pytest.approx(2.1346, abs=6e-5)
    assert 0.3 + deviation**2 * score.item() == pytest.approx(guess)
    assert guess == pytest.approx(math.tanh(1.2))


def test_in_the_gaussian_case_it_learns_the_best_guess_and_so_the_score():
    """r(x) - x is the noise's variance times the gradient of the log density of spoilt data."""
    torch.manual_seed(0)
    spread, level = torch.tensor([2.0, 1.0, 0.5], dtype=torch.float64), 0.8
    clean = torch.randn(40_000, 3, dtype=torch.float64) * spread
    clean -= clean.mean(0)
    model = DenoisingAutoencoder(Config(features=3, code=3, activation="linear")).double()
    spoilt = corrupted(clean, "gaussian", level, torch.randn_like(clean))
    optimiser = torch.optim.LBFGS(model.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = (model(spoilt) - clean).square().mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    at = torch.randn(50, 3, dtype=torch.float64)
    score = -at / (spread**2 + level**2)
    torch.testing.assert_close(model(at) - at, level**2 * score, rtol=0, atol=0.05)


def test_clean_examples_are_pulled_to_the_middle_too():
    torch.manual_seed(0)
    table = torch.randn(4_000, 1)
    model = DenoisingAutoencoder(Config(features=1, code=2, activation="linear"))
    fit(model, table, steps=400, rate=1e-2, level=1.0)
    given = model(torch.tensor([[2.0]])).item()
    assert given == pytest.approx(1.0, abs=0.25)  # 1 / (1 + 1) of it; a copy would be 2


def digits():
    images = torch.tensor(load_digits(return_X_y=True)[0], dtype=torch.float32) / 16
    images = (images - images.mean()) / images.std()
    order = torch.randperm(len(images))
    return images[order[:1_400]], images[order[1_400:]]


def test_a_wide_code_undoes_noise_where_a_plain_one_copies_it():
    torch.manual_seed(0)
    train, test = digits()
    spoilt = test + 0.5 * torch.randn_like(test)
    left = {}
    for level in (0.0, 0.5):
        model = DenoisingAutoencoder(Config(features=64, code=96, activation="relu"))
        fit(model, train, steps=400, level=level)
        left[level] = (model(spoilt) - test).square().mean().item()
    assert left[0.0] > 0.18  # of the noise's variance, 0.25
    assert left[0.5] < 0.13


def test_masking_sets_a_share_to_zero_and_leaves_the_rest():
    torch.manual_seed(0)
    x = torch.randn(200, 50) + 5
    spoilt = corrupted(x, "masking", 0.25, torch.rand_like(x))
    assert (spoilt == 0).double().mean().item() == pytest.approx(0.25, abs=0.02)
    assert (spoilt[spoilt != 0] == x[spoilt != 0]).all()


def test_salt_and_pepper_are_the_extremes_in_equal_parts():
    torch.manual_seed(0)
    x = torch.rand(200, 50)
    spoilt = corrupted(x, "salt-and-pepper", 0.3, torch.rand_like(x))
    for extreme in (x.min(), x.max()):
        assert (spoilt == extreme).double().mean().item() == pytest.approx(0.15, abs=0.02)
    assert (spoilt == x).double().mean().item() == pytest.approx(0.7, abs=0.02)


def test_gaussian_noise_has_the_deviation_asked_for():
    torch.manual_seed(0)
    x = torch.randn(200, 50)
    noise = corrupted(x, "gaussian", 0.3, torch.randn_like(x)) - x
    assert noise.std().item() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("corruption", ["gaussian", "masking", "salt-and-pepper"])
def test_at_level_zero_it_is_a_plain_autoencoder(corruption):
    torch.manual_seed(0)
    model, table = DenoisingAutoencoder(Config(features=5, code=3)), torch.randn(8, 5)
    loss, _ = Denoising(corruption=corruption, level=0.0).loss(model, Batch({"table": table}))
    torch.testing.assert_close(loss, (model(table) - table).square().mean())


def test_the_target_is_clean():
    """A network that copies pays for all of the noise."""
    torch.manual_seed(0)
    table = torch.randn(500, 40)
    loss, _ = Denoising(level=0.5).loss(torch.nn.Identity(), _one(table))
    assert loss.item() == pytest.approx(0.25, abs=0.01)


def _one(table):
    return Batch({"input": table})


def test_a_layer_without_units_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        DenoisingAutoencoder(Config(features=4, code=0))
