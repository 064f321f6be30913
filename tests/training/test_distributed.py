"""Two processes reach the weights of one, and go on exactly where they were interrupted."""

import os
import runpy
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file

SCRIPT = """
import copy
import sys
from dataclasses import dataclass
import torch
from torch import nn
from nna import objectives
from nna.errors import UserError
from nna.objectives.cross_entropy import CrossEntropy
from nna.spec import Recipe
from nna.training import devices, files
from nna.training.in_memory import Tensors
from nna.training.checkpoint import weights_of
from nna.training.loop import Interrupted, Training
from pathlib import Path
from safetensors.torch import load_file

path, *strategies = sys.argv[1:]
path = Path(path)
recipe = Recipe(objective="cross_entropy", epochs=3, batch_size=32, learning_rate=0.01,
                optimiser="adamw", schedule="cosine", clip_norm=0.5, weight_decay=0.01)

@dataclass(frozen=True)
class Remembering(CrossEntropy):
    # a moving average of the weights, alike in all processes, and one of what each was shown
    def initial_state(self, model):
        state = nn.Module()
        state.mean = copy.deepcopy(model).requires_grad_(False)
        state.register_buffer("met", torch.zeros(8))
        return state

    def evaluated(self, model):
        return self.state.mean

    def step(self, model, players, batch, turn):
        batch.x.add_(0.1 * self.state.met)
        self.state.met.lerp_(batch.x.mean(0), 0.5)
        told = super().step(model, players, batch, turn)
        with torch.no_grad():
            for mean, now in zip(self.state.mean.parameters(), model.parameters()):
                mean.lerp_(now, 0.3)
        return told

class Stop:
    def __init__(self, training): self.training = training
    def step(self, done, total): pass
    def epoch(self, done, total, figures):
        if done == 2: self.training.stop()

def judge(strategy):
    fabric = devices.fabric(strategy)
    noise = torch.Generator().manual_seed(1)
    def part(n):
        x = torch.randn(n, 8, generator=noise)
        return Tensors.pair(x, torch.randint(3, (n,), generator=noise))
    train, validation = part(128), part(64)

    def made(dropout, folder=None):
        torch.manual_seed(0)
        keeps = dropout and strategy == "ddp"
        objective = Remembering() if keeps else objectives.get("cross_entropy")
        last = [nn.Dropout(0.3)] if dropout else []
        model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), *last, nn.Linear(32, 3))
        return Training(model=model, objective=objective, recipe=recipe,
                        train=train, validation=validation, fabric=fabric, folder=folder)

    def write(training, name):
        state = weights_of(training.model)
        if fabric.is_global_zero:
            files.write_tensors(path / f"{strategy}-{name}.safetensors", state)
        fabric.barrier()

    plain = made(dropout=False)
    if strategy == "fsdp":
        try:
            Training(model=nn.Linear(8, 3), objective=Remembering(), recipe=recipe, train=train,
                     validation=None, fabric=fabric)
            raise SystemExit("was not refused")
        except UserError as refused:
            assert "--strategy ddp" in str(refused)
    plain.run()
    write(plain, "plain")
    whole = made(dropout=True)
    whole.run()
    write(whole, "whole")
    folder = path / strategy
    folder.mkdir(exist_ok=True)
    cut = made(dropout=True, folder=folder)
    cut.watcher = Stop(cut)
    try:
        cut.run()
        raise SystemExit("was not interrupted")
    except Interrupted:
        torch.manual_seed(7)
        fabric.barrier()  # until the checkpoint is written
    resumed = made(dropout=True, folder=folder)
    resumed.run()
    write(resumed, "resumed")
    if fabric.is_global_zero:  # whose figures are written
        assert resumed.at.history == whole.at.history
    if strategy == "ddp":
        met = [fabric.all_gather(of.objective.state.met) for of in (whole, resumed)]
        assert torch.equal(*met) and not torch.equal(met[0][0], met[0][1])
        if fabric.is_global_zero:
            held = load_file(folder / "checkpoint.safetensors")
            assert {k for k in held if k.startswith("state.1")} == {"state.1.met"}

for strategy in strategies:
    judge(strategy)
"""


# What torchrun tells two processes, which here share what is imported; it makes each import it.
PAIR = """
import os, runpy, socket, sys
import torch._dynamo, nna.training.loop, nna.training.devices, nna.objectives.cross_entropy
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = str(free.getsockname()[1])
told = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port, "TORCHELASTIC_RUN_ID": "pair"}
children = []
for rank in "01":
    if not (child := os.fork()):
        os.environ.update(told, RANK=rank, LOCAL_RANK=rank)
        sys.argv = sys.argv[1:]
        runpy.run_path(sys.argv[0])
        sys.exit()
    children.append(child)
sys.exit(any(os.waitpid(child, 0)[1] for child in children))
"""


def train(tmp_path):
    """By one process, which is this one, and by two, which do first the one and then the other."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [str(script), str(tmp_path), "auto"])
        runpy.run_path(str(script))
    done = subprocess.run(
        [sys.executable, "-c", PAIR, str(script), str(tmp_path), "ddp", "fsdp"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_copies_and_shards_reach_the_weights_of_one_process_and_resume_exactly(tmp_path):
    train(tmp_path)
    alone = load_file(tmp_path / "auto-plain.safetensors")
    for strategy in ("ddp", "fsdp"):
        together, whole, resumed = (
            load_file(tmp_path / f"{strategy}-{end}.safetensors")
            for end in ("plain", "whole", "resumed")
        )
        assert together.keys() == alone.keys()
        for name, value in alone.items():
            torch.testing.assert_close(together[name], value, rtol=0, atol=1e-6)
        assert all(torch.equal(resumed[name], value) for name, value in whole.items())
