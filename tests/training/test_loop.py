"""The loop: same seed, same bits, also after an interruption at any step."""

import dataclasses
import json
import os
import signal
import subprocess
import sys

import pytest
import torch
from torch import nn

from nna import objectives
from nna.errors import UserError
from nna.spec import Recipe
from nna.training import checkpoint, devices, loop
from nna.training.in_memory import Tensors
from nna.training.loop import Interrupted, Training
from nna.training.optimisers import optimiser_of, shape

RECIPE = Recipe(
    objective="cross_entropy",
    epochs=4,
    learning_rate=0.01,
    batch_size=16,
    schedule="cosine",
    warmup=0.2,
    weight_decay=0.01,
    clip_norm=1.0,
    optimiser="adamw",
    augment=("affine",),
)


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Dropout(0.2), nn.Linear(144, 3)
    )


def part(n, seed):
    noise = torch.Generator().manual_seed(seed)
    return Tensors.pair(
        torch.randn(n, 1, 8, 8, generator=noise), torch.randint(3, (n,), generator=noise)
    )


def training(folder=None, recipe=RECIPE, **changes):
    made = Training(
        model=network(),
        objective=objectives.get(recipe.objective),
        recipe=recipe,
        train=part(50, 1),
        validation=part(20, 2),
        fabric=devices.fabric(),
        folder=folder,
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def bits(model):
    return {k: v.numpy().tobytes() for k, v in model.state_dict().items()}


def lines(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(("rows", "steps"), [(48, 3), (49, 3), (50, 4), (1, 1)])
def test_an_example_left_alone_waits_for_another_epoch(rows, steps):
    made = Training(
        model=nn.Sequential(nn.Flatten(), nn.Linear(64, 3)),
        objective=objectives.get(RECIPE.objective),
        recipe=RECIPE,
        train=part(rows, 1),
        validation=None,
        fabric=devices.fabric(),
    )
    assert made.steps == steps


def test_batch_normalisation_meets_no_batch_of_one(tmp_path):
    flat = nn.Sequential(nn.Flatten(), nn.Linear(64, 4), nn.BatchNorm1d(4), nn.Linear(4, 3))
    made = Training(
        model=flat,
        objective=objectives.get(RECIPE.objective),
        recipe=dataclasses.replace(RECIPE, epochs=2, augment=()),
        train=part(49, 1),
        validation=part(20, 2),
        fabric=devices.fabric(),
        folder=tmp_path,
    )
    made.run()
    assert made.at.epoch == 2


class StopAt:
    """Asks a training to stop after so many steps."""

    def __init__(self, made, steps):
        self.made, self.steps = made, steps

    def step(self, done, total):
        if done == self.steps:
            self.made._stop.set()

    def epoch(self, done, total, figures):
        pass


def test_same_seed_same_bits():
    one, other = training(), training()
    one.run(), other.run()
    assert bits(one.model) == bits(other.model)


def test_another_seed_gives_other_weights():
    one, other = training(), training()
    other.seed = 1
    one.run(), other.run()
    assert bits(one.model) != bits(other.model)


@pytest.mark.parametrize("steps", [1, 3, 4, 7, 15])
def test_a_resumed_run_reaches_the_bits_of_an_uninterrupted_one(tmp_path, steps):
    whole_folder, folder = tmp_path / "whole", tmp_path / "cut"
    whole_folder.mkdir(), folder.mkdir()
    whole = training(whole_folder)
    whole.run()
    cut = training(folder)
    cut.watcher = StopAt(cut, steps)
    with pytest.raises(Interrupted):
        cut.run()
    torch.manual_seed(12345)  # whatever happened to the random numbers meanwhile
    resumed = training(folder)
    resumed.run()
    assert bits(resumed.model) == bits(whole.model)
    assert (folder / "metrics.jsonl").read_bytes() == (whole_folder / "metrics.jsonl").read_bytes()


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_loop import training
from nna.training import files, loop
loop.EVERY = 0.0

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Kill:
    def __init__(self, at): self.at = at
    def step(self, done, total):
        if done == self.at: die()
    def epoch(self, done, total, figures): pass

def run(folder, where, at):
    made, replace, count = training(folder), os.replace, [0]
    def dying(source, target):
        count[0] += 1
        if where == "write" and count[0] == at: die()
        replace(source, target)
    os.replace = dying
    made.watcher = Kill(at if where == "step" else None)
    made.run()

import torch._dynamo  # as the first optimiser does, which takes seconds
for where, at in {cases!r}:  # a process each, of one that has imported all
    child = os.fork()
    if not child:
        run(Path({folder!r}, where + str(at)), where, at)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
CASES = [("step", 1), ("step", 10), ("write", 1), ("write", 9)]


@pytest.mark.slow
def test_a_killed_run_loses_at_most_the_steps_since_the_last_checkpoint(tmp_path):
    folders = [tmp_path / f"{where}{at}" for where, at in CASES]
    for folder in folders:
        folder.mkdir()
    code = KILLED.format(tests=os.path.dirname(__file__), folder=str(tmp_path), cases=CASES)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == [str(-signal.SIGKILL)] * len(CASES), done.stderr
    whole = training()
    whole.run()
    for folder in folders:
        resumed = training(folder)
        resumed.run()
        assert bits(resumed.model) == bits(whole.model)
        assert [line["epoch"] for line in lines(folder)] == [1, 2, 3, 4]


@pytest.mark.parametrize("left", ["", '{"epoch": 1, "loss": 1.0}\n{"epoch": 2, "lo'])
def test_a_run_that_died_before_its_first_checkpoint_has_one_history(tmp_path, left):
    whole = training()
    whole.run()
    (tmp_path / "metrics.jsonl").write_text(left)
    training(tmp_path).run()
    assert lines(tmp_path) == whole.at.history


def test_whatever_became_of_the_history_meanwhile_it_is_written_anew(tmp_path):
    cut = training(tmp_path)
    cut.watcher = StopAt(cut, 9)
    with pytest.raises(Interrupted):
        cut.run()
    path = tmp_path / "metrics.jsonl"
    kept, whole = path.read_bytes(), training()
    whole.run()
    for further, content in enumerate((kept[:-5], b"\xff")):
        path.write_bytes(content)
        made = training(tmp_path)
        made.watcher = StopAt(made, 10 + further)
        with pytest.raises(Interrupted):
            made.run()
        assert lines(tmp_path) == whole.at.history[:2]


def test_seconds_that_passed_before_an_interruption_count(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(loop.time, "monotonic", lambda: clock[0])

    class Ticks(StopAt):
        def step(self, done, total):
            clock[0] += 1.0
            super().step(done, total)

    cut = training(tmp_path, seconds=9.0)
    cut.watcher = Ticks(cut, 4)
    with pytest.raises(Interrupted):
        cut.run()
    clock[0] = 1e6
    resumed = training(tmp_path, seconds=9.0)
    resumed.watcher = Ticks(resumed, None)
    assert resumed.run().epoch == 3  # of four steps each: begun after 0, 4 and 8 seconds


def test_an_older_checkpoint_is_refused_with_the_reason(tmp_path):
    from safetensors.torch import load_file, save_file

    made = training(tmp_path)
    made.watcher = StopAt(made, 2)
    with pytest.raises(Interrupted):
        made.run()
    path = tmp_path / "checkpoint.safetensors"
    save_file(load_file(path), path, {"position": "{}", "groups": "{}"})
    with pytest.raises(UserError, match=r"another version of nna.*would not go on exactly"):
        training(tmp_path).run()


@pytest.mark.parametrize("kind", ["model", "best"])
def test_a_checkpoint_with_weights_that_are_no_numbers_is_refused(tmp_path, kind):
    from safetensors import safe_open
    from safetensors.torch import save_file

    made = training(tmp_path)
    made.watcher = StopAt(made, 6)
    with pytest.raises(Interrupted):
        made.run()
    path = tmp_path / "checkpoint.safetensors"
    with safe_open(path, "pt") as file:
        about, state = file.metadata(), {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    state[f"{kind}.4.bias"][1] = float("nan")
    save_file(state, path, about)
    with pytest.raises(UserError, match=r"4\.bias holds values that are not finite"):
        training(tmp_path).run()


def test_a_checkpoint_of_several_processes_asks_for_as_many(tmp_path, monkeypatch):
    made = training(tmp_path)
    made.watcher = StopAt(made, 2)
    with pytest.raises(Interrupted):
        made.run()
    monkeypatch.setattr(checkpoint, "_processes", lambda: 2)
    with pytest.raises(UserError, match=r"began with 1 processes .* torchrun --nproc-per-node 1"):
        training(tmp_path).run()


def test_weights_that_are_no_numbers_never_leave_a_training():
    made = training(recipe=dataclasses.replace(RECIPE, epochs=1))
    made.validation = None
    made.watcher = type("Spoil", (StopAt,), {"epoch": lambda *_: spoil(made.model)})(made, None)
    with pytest.raises(UserError, match=r"values in 0\.weight that are not finite; lower the rate"):
        made.run()


def spoil(model):
    with torch.no_grad():
        next(model.parameters()).view(-1)[0] = float("inf")


def test_ctrl_c_leaves_a_checkpoint_and_the_old_handlers(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    made = training(tmp_path)

    class CtrlC:
        def step(self, done, total):
            if done == 2:
                os.kill(os.getpid(), signal.SIGINT)

        def epoch(self, done, total, figures):
            pass

    made.watcher = CtrlC()
    with pytest.raises(Interrupted):
        made.run()
    assert (tmp_path / "checkpoint.safetensors").exists()
    assert signal.getsignal(signal.SIGINT) == before


def test_the_best_weights_on_validation_are_kept_and_patience_stops():
    recipe = dataclasses.replace(RECIPE, epochs=60, learning_rate=0.3, patience=3, clip_norm=None)
    made = training(recipe=recipe)
    position = made.run()
    assert position.epoch == position.best_epoch + 3 < 60
    measured = loop.measure(made.model, made.objective, made.validation)
    assert measured["loss"] == pytest.approx(position.best, rel=1e-5)


def test_a_loss_that_is_no_number_stops_with_advice():
    made = training(recipe=dataclasses.replace(RECIPE, epochs=50, clip_norm=None))
    made.train.x.mul_(float("inf"))
    with pytest.raises(UserError, match="lower the learning rate"):
        made.run()


def test_a_gradient_that_is_not_finite_ends_training_in_one_line():
    made = training()
    head = made.model[-1]
    head.weight.register_hook(lambda slope: slope / 0)
    with pytest.raises(UserError, match=r"the gradient's norm became (nan|inf) in epoch 1; lower"):
        made.run()


def test_a_foreign_checkpoint_is_refused(tmp_path):
    made = training(tmp_path)
    made.watcher = StopAt(made, 2)
    with pytest.raises(Interrupted):
        made.run()
    other = training(tmp_path)
    other.model = nn.Linear(2, 2)
    with pytest.raises(UserError, match="another model"):
        other.run()
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UserError, match="not a whole checkpoint"):
        training(tmp_path).run()


def test_every_tensor_of_the_optimiser_survives_a_checkpoint(tmp_path):
    made = training(tmp_path)
    made.watcher = StopAt(made, 5)
    with pytest.raises(Interrupted):
        made.run()
    fresh = training(tmp_path)
    kept = checkpoint.Kept(fresh.model, fresh.optimisers)
    checkpoint.restore(tmp_path / "checkpoint.safetensors", kept)
    old, new = made.optimisers["model"][1].state_dict(), fresh.optimisers["model"][1].state_dict()
    assert len(old["state"]) == len(new["state"]) == 6
    for index, entries in old["state"].items():
        assert all(torch.equal(new["state"][index][k], v) for k, v in entries.items())


def test_the_rate_rises_falls_and_ends_near_zero():
    rates = [shape(RECIPE, step, 100) for step in range(100)]
    assert rates[0] < rates[10] < rates[20] == max(rates) == 1.0
    assert rates[20] > rates[60] > rates[99] > 0
    constant = dataclasses.replace(RECIPE, schedule="constant", warmup=0.0)
    assert {shape(constant, step, 100) for step in range(100)} == {1.0}


def test_the_inverse_square_root_is_the_transformers_schedule_over_its_peak():
    width, warm = 512, 40
    recipe = dataclasses.replace(RECIPE, schedule="inverse-sqrt", warmup=(warm - 1) / 400)
    paper = [width**-0.5 * min(n**-0.5, n * warm**-1.5) for n in range(1, 401)]  # equation 3
    ours = [width**-0.5 * warm**-0.5 * shape(recipe, step, 400) for step in range(400)]
    assert ours == pytest.approx(paper, rel=1e-12)


def test_biases_and_norms_are_not_decayed():
    groups = optimiser_of(network(), RECIPE).param_groups
    assert [group["weight_decay"] for group in groups] == [0.01, 0.0]
    assert all(p.ndim == 1 for p in groups[1]["params"])
