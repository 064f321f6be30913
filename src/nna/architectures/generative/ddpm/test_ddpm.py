"""What the papers say of noise that is added and undone, on cases small enough to know."""

import copy
import dataclasses
import math

import pytest
import torch
from torch import nn

from nna.architectures.generative.ddpm.model import DDPM, Attention, alpha_bars, betas
from nna.architectures.generative.ddpm.objective import NoisePrediction
from nna.architectures.generative.ddpm.sampler import sample, spaced, step_back
from nna.architectures.generative.ddpm.spec import SPEC, VARIANTS
from nna.blocks.unfilled import outlined
from nna.errors import UserError
from nna.learning.base import Batch, Turn

TINY = SPEC.tiny


class Best(nn.Module):
    """The best network there is for points at -1 and at 1: it knows what all noise was, on average.

    Given x, the clean point is at 1 with odds exp(2 sqrt(alpha bar) x / (1 - alpha bar)).
    """

    def __init__(self, timesteps):
        super().__init__()
        self.timesteps, self.shape = timesteps, (1, 1, 1)
        self.unused = nn.Parameter(torch.zeros((), dtype=torch.float64))

    def forward(self, x, timestep):
        left = alpha_bars(self.timesteps)[timestep][..., None, None]
        clean = torch.tanh(left.sqrt() * x / (1 - left))
        return (x - left.sqrt() * clean) / (1 - left).sqrt()


def drawn(count=500, **how):
    return sample(Best(100), count, torch.Generator().manual_seed(0), **how)[:, 0, 0, 0]


def test_the_schedule_is_the_printed_one():
    assert betas(1000)[[0, -1]].tolist() == pytest.approx([1e-4, 0.02])
    assert alpha_bars(1000)[-1].item() == pytest.approx(4.035830e-05, rel=1e-6)
    assert betas(1000).diff().std() < 1e-12


@pytest.mark.parametrize("timesteps", [21, 40, 100, 4000])
def test_however_many_steps_there_are_little_is_left_of_the_picture(timesteps):
    assert (betas(timesteps) < 1).all()
    assert alpha_bars(timesteps)[-1] < 5e-5


def test_steps_one_after_another_are_the_step_all_at_once():
    """Equation 4 out of equation 2: what is left of the picture, and the noise's variance."""
    share, variance = 1.0, 0.0
    for beta, alpha_bar in zip(betas(1000).tolist(), alpha_bars(1000).tolist(), strict=True):
        share, variance = math.sqrt(1 - beta) * share, (1 - beta) * variance + beta
        assert share**2 == pytest.approx(alpha_bar)
        assert variance == pytest.approx(1 - alpha_bar)


def test_the_best_network_draws_both_modes_alike():
    points = drawn()
    assert (points.abs() - 1).abs().max() < 0.05
    assert (points > 0).double().mean() == pytest.approx(0.5, abs=0.1)


def test_in_one_step_even_the_best_network_draws_the_average():
    """What a squared error asks for is a mean, and that of -1 and 1 is neither."""
    assert drawn(steps=1).abs().max() < 0.1
    assert (drawn(steps=2).abs() < 0.8).double().mean() > 0.5


class BestOfBars(nn.Module):
    """The best network for one bar in 4 x 4 pixels, told the timestep or left to guess it."""

    def __init__(self, told):
        super().__init__()
        self.told, self.timesteps, self.shape = told, 40, (1, 4, 4)
        self.unused = nn.Parameter(torch.zeros((), dtype=torch.float64))
        rows = torch.eye(4, dtype=torch.float64).repeat_interleave(4, 1).reshape(4, 4, 4)
        self.bars = 2 * torch.cat([rows, rows.mT]).flatten(1) - 1

    def forward(self, x, timestep):
        left = alpha_bars(self.timesteps).double()
        left = left[timestep[:1, 0] if self.told else slice(None)][:, None]
        apart = x.flatten(1)[:, None, None] - left[..., None].sqrt() * self.bars  # by level and bar
        variance = left * 0.1**2 + 1 - left
        odds = -apart.square().sum(-1) / (2 * variance) - 8 * variance.log()
        share = odds.flatten(1).softmax(1).unflatten(1, odds.shape[1:])
        noise = ((1 - left).sqrt() / variance * share)[..., None] * apart
        return noise.sum((1, 2)).reshape(x.shape)


@pytest.mark.parametrize(("told", "least", "most"), [(True, 1.0, 1.0), (False, 0.6, 0.8)])
def test_on_few_pixels_even_the_best_network_needs_the_timestep(told, least, most):
    """Of samples drawn, how many lie within twice the noise of a bar."""
    model = BestOfBars(told)
    drawn = sample(model, 100, torch.Generator().manual_seed(0)).flatten(1)
    nearest = (drawn[:, None] - model.bars).square().mean(-1).amin(1).sqrt()
    assert least <= (nearest < 0.2).double().mean() <= most


def test_with_nothing_drawn_anew_the_first_noise_decides():
    """DDIM: the same picture from the same noise, and nearly so in fewer steps (section 5.2)."""
    many, few = drawn(eta=0.0), drawn(eta=0.0, steps=20)
    torch.testing.assert_close(drawn(eta=0.0), many, rtol=0, atol=0)
    assert (many.sign() == few.sign()).double().mean() > 0.98
    assert (few.abs() - 1).abs().mean() < 0.05


def test_visited_timesteps_are_spread_evenly_and_end_with_the_picture():
    assert [t for t, _ in spaced(1000, 4)] == [999, 749, 499, 249]
    assert [t for t, _ in spaced(40, None)] == [*reversed(range(40))]
    assert spaced(1000, 7)[-1][1][1] == 1.0
    for wrong in (0, 41):
        with pytest.raises(UserError, match="1 to 40"):
            spaced(40, wrong)


def test_the_step_of_the_card_by_hand():
    x = math.sqrt(0.64) * 1.0 + math.sqrt(0.36) * 0.5
    assert x == pytest.approx(1.1)
    assert (x - 0.6 * 0.4) / 0.8 == pytest.approx(1.075)
    mean = (x - 0.2 / math.sqrt(0.36) * 0.4) / math.sqrt(0.8)
    sigma = math.sqrt(0.2 * (1 - 0.8) / (1 - 0.64))
    assert (mean, sigma) == (pytest.approx(1.0808, abs=5e-5), pytest.approx(1 / 3))
    eps, fresh = torch.tensor(0.4), torch.tensor(-0.6)
    back = step_back(torch.tensor(x), eps, fresh, (0.64, 0.8), 1.0)
    assert back.item() == pytest.approx(mean - 0.6 * sigma)
    assert back.item() == pytest.approx(0.8808, abs=5e-5)
    still = step_back(torch.tensor(x), eps, fresh, (0.64, 0.8), 0.0)
    assert still.item() == pytest.approx(1.1404, abs=5e-5)


def pictures(count=6):
    shape = (count, TINY.channels, TINY.side, TINY.side)
    return Batch({"image": torch.randn(shape, generator=torch.Generator().manual_seed(3))})


def stepped(objective, model, batch, steps):
    optimiser = torch.optim.SGD(model.parameters(), 0.1)

    def descend(player, loss):
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    for step in range(steps):
        objective.step(model, {"model": model}, batch, Turn(descend, 0.1, 0.0, step=step))
        yield copy.deepcopy(model.state_dict())


def test_a_fresh_network_tells_no_noise_and_its_loss_is_one():
    model = DDPM(TINY)
    measured = NoisePrediction().begin(model).measure(model, pictures(200))
    assert measured["loss"].item() == pytest.approx(1.0, abs=0.05)


def test_validation_has_the_same_noise_every_time_and_leaves_the_seed_alone():
    model = DDPM(dataclasses.replace(TINY, dropout=0.0)).eval()
    nn.init.normal_(model.head.weight)
    objective, batch = NoisePrediction().begin(model), pictures()
    before = torch.get_rng_state()
    one, other = (objective.measure(model, batch)["loss"] for _ in range(2))
    assert one == other
    assert torch.equal(before, torch.get_rng_state())
    assert objective.loss(model, batch)[0] != objective.loss(model, batch)[0]


def test_what_is_kept_is_the_moving_average_of_the_weights():
    torch.manual_seed(0)
    model = DDPM(TINY)
    objective = NoisePrediction(ema_decay=0.25).begin(model)
    mean = model.get_parameter("head.bias").detach().clone()
    for step, now in enumerate(stepped(objective, model, pictures(), 4)):
        keep = min(0.25, (1 + step) / (10 + step))
        mean = keep * mean + (1 - keep) * now["head.bias"]
    kept = objective.evaluated(model)
    assert kept is objective.state is not model
    torch.testing.assert_close(kept.get_parameter("head.bias"), mean)
    assert not torch.equal(kept.get_parameter("head.bias"), model.get_parameter("head.bias"))
    assert kept.state_dict().keys() == model.state_dict().keys()


def test_attention_works_on_maps_of_16_pixels_a_side():
    """Appendix B: at 16x16 alone, and between the two blocks of the lowest maps."""
    with outlined():
        model = DDPM(VARIANTS["lsun"].config)
    found = {name for name, part in model.named_modules() if isinstance(part, Attention)}
    down = {f"down.4.{i}.attention" for i in range(2)}
    assert found == {"attention"} | down | {f"up.1.{i}.attention" for i in range(3)}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"side": 5}, "can't be halved"),
        ({"groups": 3}, "multiples of groups"),
        ({"widths": (2, 4)}, "even and at least 4"),
        ({"timesteps": 20}, "at least 21"),
        ({"depth": 0}, "depth 1"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        DDPM(dataclasses.replace(TINY, **wrong))
