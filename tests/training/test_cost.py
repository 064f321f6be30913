"""What a training takes is counted from what it holds, and told once, if it is much."""

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

import nna
from nna import weights
from nna.spec import Recipe
from nna.training import cost
from nna.training.cost import Activations, Meter, memory
from nna.training.in_memory import Tensors
from nna.training.optimisers import optimiser_of

KINDS = {
    "plain": (lambda p: torch.optim.SGD(p, lr=0.1), 0),
    "momentum": (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), 1),
    "adam": (lambda p: torch.optim.AdamW(p, lr=0.1), 2),
}
QUICK = {"epochs": 2, "batch_size": 16}
SIZES = st.integers(1, 30)


def stepped(wide, hidden, rows, kind):
    model = nn.Sequential(nn.Linear(wide, hidden), nn.Sigmoid(), nn.Linear(hidden, 1))
    optimiser = KINDS[kind][0](model.parameters())
    x, y = torch.randn(rows, wide), torch.randn(rows)
    counter = Activations(model)
    with counter.counted():
        nn.functional.mse_loss(model(x)[:, 0], y).backward()
    optimiser.step()
    return model, optimiser, Tensors.pair(x, y), counter


@settings(deadline=None)
@given(wide=SIZES, hidden=SIZES, rows=SIZES, kind=st.sampled_from([*KINDS]))
def test_memory_is_what_parameters_moments_activations_and_data_take(wide, hidden, rows, kind):
    model, optimiser, part, counter = stepped(wide, hidden, rows, kind)
    of = memory(model, [optimiser], counter.bytes, [part, part])
    numbers = wide * hidden + hidden + hidden + 1
    assert of.parameters == 4 * numbers
    copies, counts = KINDS[kind][1], 4 * (kind == "adam")  # Adam counts the steps of each
    assert of.moments == 4 * numbers * copies + 4 * counts
    assert of.gradients == 4 * numbers
    assert of.data == 2 * 4 * (rows * wide + rows)
    # for backward: the input, the sigmoid's output; of the loss the answer and the target
    assert of.activations == 4 * (rows * wide + rows * hidden + 2 * rows)
    parts = of.gradients + of.moments + of.activations + of.data
    assert of.total == parts + 2 * of.parameters


def test_frozen_parameters_have_no_gradient():
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 1))
    model[0].requires_grad_(False)
    optimiser = optimiser_of(model, Recipe(objective="squared_error", epochs=1))
    model(torch.ones(2, 3)).sum().backward()
    optimiser.step()
    assert memory(model, [optimiser], 0, []).gradients == 4 * 6


@given(seconds=st.floats(0.001, 10), steps=st.integers(1, 10**5), batches=st.integers(1, 500))
def test_time_is_that_of_all_steps_and_of_validation(seconds, steps, batches):
    alone = cost.expected(seconds, steps, 1000, 0, batches)
    assert alone == pytest.approx(seconds * steps)
    # as many to validate as to learn from: a forward pass more for each step, a third of it
    assert cost.expected(seconds, steps, 1000, 1000, batches) == pytest.approx(alone * 4 / 3)


class Clock:
    def __init__(self, each, slower=1.0, first=0):
        self.now, self.each = 0.0, each
        self.slower, self.first = slower, first  # so many first steps take so many times as long

    def __call__(self):
        return self.now

    def step(self):
        self.now += self.each * (self.slower if self.first > 0 else 1)
        self.first -= 1


def run(each, steps, patience=False, **warming):
    model, optimiser, part, _ = stepped(3, 4, 8, "adam")
    told, clock = [], Clock(each, **warming)
    meter = Meter(model, [optimiser], (part, None), 10, patience, told.append, clock)
    for step in range(steps):
        with meter.around(steps - step - 1):
            model(part.x).sum().backward()
            clock.step()
    return told


def test_a_long_training_is_told_of_once_and_a_short_one_never():
    assert run(0.125, 450) == []
    (line,) = run(0.125, 5000)
    assert line.startswith("about 10 min for 4,959 steps, about ")
    assert "activations " in line
    (line,) = run(7.0, 1000, patience=True)  # a second step says enough
    assert line.startswith("at most about 1.9 h for 998 steps")
    assert run(7.0, 1) == []


def test_slow_first_steps_do_not_make_a_training_long():
    assert run(0.04, 1474, slower=10, first=7) == []  # 59 s
    (line,) = run(0.04, 9000, slower=10, first=7)
    assert line.startswith("about 6 min for ")


@pytest.mark.parametrize(
    ("value", "words"),
    [(61, "61 s"), (300, "5 min"), (9000, "2.5 h"), (864_000, "10 days")],
)
def test_times_have_one_unit(value, words):
    assert cost.duration(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(900, "1 kB"), (3_400_000, "3.4 MB"), (250e6, "250 MB"), (1.26e9, "1.3 GB")],
)
def test_sizes_have_one_unit(value, words):
    assert cost.size(value) == words


def test_being_told_changes_no_bit(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cost, "LONG", 0.0)
    monkeypatch.setattr(cost, "ENOUGH", 0.0)
    trained = [
        nna.train("lenet5", "digits", out=tmp_path, max_samples=80, recipe=QUICK, quiet=quiet)
        for quiet in (True, False)
    ]
    one, other = (weights.read(run.model) for run in trained)
    assert all(torch.equal(one[name], other[name]) for name in one)
    (line,) = (line for line in capsys.readouterr().err.splitlines() if "of memory" in line)
    assert "parameters" in line
    assert "moments" in line
