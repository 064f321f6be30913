"""Objectives that keep something beside the weights, and players that learn each in their own way.

All made up here, as a newcomer would: a moving average of the weights that is judged and kept
instead of them, a queue of earlier embeddings, a critic of several steps with another optimiser.
"""

import copy
import dataclasses
import math
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn
from torch.nn import functional

from nna.errors import UserError
from nna.learning.base import Gradient, Objective
from nna.learning.settings import setting
from nna.objectives.cross_entropy import CrossEntropy
from nna.spec import Recipe
from nna.training import checkpoint, devices, loop
from nna.training.in_memory import Tensors
from nna.training.loop import Interrupted, Training
from nna.training.optimisers import shape
from nna.training.resume_check import differences

RECIPE = Recipe(
    objective="made up",
    epochs=3,
    learning_rate=0.05,
    batch_size=8,
    schedule="cosine",
    warmup=0.2,
    clip_norm=1.0,
)


@dataclass(frozen=True)
class Averaged(CrossEntropy):
    """Cross-entropy; evaluation sees an exponential moving average of the weights."""

    decay: float = setting(0.8, 0, 1)

    def initial_state(self, model):
        return copy.deepcopy(model).requires_grad_(False)

    def evaluated(self, model):
        return self.state

    def step(self, model, players, batch, turn):
        told = super().step(model, players, batch, turn)
        with torch.no_grad():
            for mean, now in zip(
                self.state.state_dict().values(), model.state_dict().values(), strict=True
            ):
                if mean.is_floating_point():
                    mean.lerp_(now, 1 - self.decay)
                else:
                    mean.copy_(now)
        return told


class Queue(nn.Module):
    """The last embeddings that were met, the oldest overwritten first."""

    def __init__(self, length, width):
        super().__init__()
        self.register_buffer("held", torch.zeros(length, width))
        self.register_buffer("place", torch.zeros((), dtype=torch.long))

    def push(self, points):
        at = (self.place + torch.arange(len(points))) % len(self.held)
        self.held[at] = points
        self.place.add_(len(points))


@dataclass(frozen=True)
class Queued(Gradient):
    """Two noisy views of an example lie nearer to one another than to the queue."""

    length: int = setting(20, 1)
    noise: float = setting(0.1, 0)

    tasks = ("embedding",)

    def initial_state(self, model):
        return Queue(self.length, 3)

    def loss(self, model, batch):
        views = [batch.x + self.noise * torch.randn_like(batch.x) for _ in range(2)]
        one, other = (functional.normalize(model(view)) for view in views)
        others = (one * other).sum(1, keepdim=True), one @ self.state.held.clone().T
        right = torch.zeros(len(one), dtype=torch.long)
        loss = functional.cross_entropy(torch.cat(others, 1), right)
        if model.training:
            self.state.push(other.detach())
        return loss, {}


@dataclass(frozen=True)
class Critical(Objective):
    """A critic of several clipped steps by RMSprop, then a generator's by Adam."""

    critic_steps: int = setting(5, 1)
    critic_rate: float = setting(5e-3, 0)
    clip: float = setting(0.1, 0, is_open=True)

    kind = "game"
    tasks = ("generation",)
    watch = None

    def players(self, model):
        return {"generator": model.generator, "critic": model.critic}

    def recipe_of(self, player, recipe):
        if player == "generator":
            return recipe
        own = {"optimiser": "rmsprop", "momentum": 0.0, "schedule": "constant", "warmup": 0.0}
        return dataclasses.replace(recipe, learning_rate=self.critic_rate, **own)

    def step(self, model, players, batch, turn):
        gap = batch.x
        for _ in range(self.critic_steps):
            forged = players["generator"](torch.randn(len(batch.x), 2)).detach()
            gap = players["critic"](forged).mean() - players["critic"](batch.x).mean()
            turn.descend("critic", gap)
            with torch.no_grad():
                for weight in model.critic.parameters():
                    weight.clamp_(-self.clip, self.clip)
        forged = players["generator"](torch.randn(len(batch.x), 2))
        turn.descend("generator", -players["critic"](forged).mean())
        return {"distance": -gap.detach()}

    def measure(self, model, batch):
        forged = model.generator(torch.randn(len(batch.x), 2))
        return {"distance": model.critic(batch.x).mean() - model.critic(forged).mean()}


class Game(nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 6))
        self.critic = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))


def network():
    return nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 3))


MADE = {Averaged: network, Queued: network, Critical: Game}
STEPS = 9  # of the whole training


def training(objective, folder=None, recipe=RECIPE):
    torch.manual_seed(0)
    noise = torch.Generator().manual_seed(1)

    def part(n):
        x = torch.randn(n, 6, generator=noise)
        return Tensors.pair(x, torch.randint(3, (n,), generator=noise))

    return Training(
        model=MADE[type(objective)](),
        objective=objective,
        recipe=recipe,
        train=part(24),
        validation=part(10),
        fabric=devices.fabric(),
        folder=folder,
    )


class Stop:
    def __init__(self, made, step):
        self.made, self.at = made, step

    def step(self, done, total):
        if done == self.at:
            self.made.stop()

    def epoch(self, done, total, figures):
        pass


def interrupted(objective, step, folder):
    cut = training(objective, folder)
    cut.watcher = Stop(cut, step)
    with pytest.raises(Interrupted):
        cut.run()
    torch.manual_seed(12345)


@pytest.mark.parametrize("kind", MADE)
@given(step=st.integers(1, STEPS), again=st.integers(1, STEPS))
@settings(max_examples=4, deadline=None)
def test_interrupted_at_any_steps_it_reaches_the_same_bits(tmp_path_factory, kind, step, again):
    folder, objective = tmp_path_factory.mktemp("run"), kind()
    whole = training(kind())
    whole.run()
    assert whole.total == STEPS
    interrupted(objective, min(step, again), folder)
    if step != again:
        interrupted(objective, max(step, again), folder)
    resumed = training(objective, folder)
    resumed.run()
    assert not differences(whole, resumed)


def test_the_state_belongs_to_a_run_and_not_to_the_objective():
    objective = Queued()
    one, other = training(objective), training(objective)
    one.run()
    assert objective.state is None
    assert one.objective.state is not other.objective.state
    assert not other.objective.state.held.any()
    assert int(one.objective.state.place) == 24 * RECIPE.epochs


def test_what_is_judged_and_kept_is_the_average_of_the_weights():
    """Against the average written out, step by step."""
    made = training(Averaged(decay=0.6))
    mean = {name: p.detach().clone() for name, p in made.model.named_parameters()}
    seen = []

    class Follow:
        def step(self, done, total):
            for name, now in made.model.named_parameters():
                mean[name] = 0.6 * mean[name] + 0.4 * now.detach()

        def epoch(self, done, total, figures):
            judged = loop.measure(made.objective.state, made.objective, made.validation)
            seen.append((figures["validation loss"], judged["loss"], dict(mean)))

    made.watcher = Follow()
    reached = made.run()
    assert all(told == pytest.approx(judged) for told, judged, _ in seen)
    kept = seen[reached.best_epoch - 1][2]
    for name, value in made.model.named_parameters():
        torch.testing.assert_close(value.detach(), kept[name])


def test_without_validation_the_average_is_kept_in_the_end():
    made = training(Averaged())
    made.validation = None
    made.run()
    state = made.objective.state.state_dict()
    assert all(torch.equal(of, state[name]) for name, of in made.model.state_dict().items())


def test_each_player_follows_its_own_optimiser_rate_and_number_of_steps():
    made, rates, steps = training(Critical(critic_steps=4)), {}, {"critic": 0, "generator": 0}
    optimisers = {name: optimiser for name, (_, optimiser) in made.optimisers.items()}
    assert type(optimisers["critic"]) is torch.optim.RMSprop
    assert type(optimisers["generator"]) is torch.optim.Adam
    for name, optimiser in optimisers.items():

        def note(of, args, kwargs, name=name):
            steps[name] += 1
            rates.setdefault(name, []).append(of.param_groups[0]["lr"])

        optimiser.register_step_post_hook(note)
    made.run()
    assert steps == {"critic": 4 * STEPS, "generator": STEPS}
    assert set(rates["critic"]) == {5e-3}
    assert rates["generator"] == [0.05 * shape(RECIPE, step, STEPS) for step in range(STEPS)]
    assert all(weight.abs().max() <= 0.1 for weight in made.model.critic.parameters())


def test_a_checkpoint_of_other_settings_of_the_state_is_refused(tmp_path):
    interrupted(Queued(), 4, tmp_path)
    with pytest.raises(UserError, match="a checkpoint of another model"):
        training(Queued(length=7), tmp_path).run()


@pytest.mark.parametrize("other", [math.nan, -0.0, 1.0])
def test_what_is_alike_to_the_bit_is_told_from_what_only_compares_so(other):
    one = torch.tensor([0.0, 2.0])
    assert checkpoint.same(one, one.clone())
    assert not checkpoint.same(one, torch.tensor([other, 2.0]))
    assert checkpoint.same(torch.tensor(math.nan), torch.tensor(math.nan))
