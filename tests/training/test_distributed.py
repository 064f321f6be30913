"""Two processes on one machine reach the weights of one process on the same global batch."""

import os
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file

SCRIPT = """
import sys
import torch
from torch import nn
from nna import objectives
from nna.spec import Recipe
from nna.training import devices, files
from nna.training.batches import Tensors
from nna.training.checkpoint import weights_of
from nna.training.loop import Training
from pathlib import Path

strategy, path = sys.argv[1:]
fabric = devices.fabric(strategy)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 3))
noise = torch.Generator().manual_seed(1)
def part(n):
    return Tensors(torch.randn(n, 8, generator=noise), torch.randint(3, (n,), generator=noise))
recipe = Recipe(objective="cross_entropy", epochs=3, batch=32, rate=0.01, optimiser="adamw",
                schedule="cosine", clip=0.5, decay=0.01)
Training(model=model, objective=objectives.get("cross_entropy"), recipe=recipe, train=part(128),
         validation=part(64), fabric=fabric).run()
state = weights_of(model)
if fabric.is_global_zero:
    files.write_tensors(Path(path), state)
fabric.barrier()
"""


def trained(tmp_path, strategy):
    script, path = tmp_path / "script.py", tmp_path / f"{strategy}.safetensors"
    script.write_text(SCRIPT)
    launcher = [] if strategy == "auto" else ["-m", "torch.distributed.run", "--nproc-per-node=2"]
    done = subprocess.run(
        [sys.executable, *launcher, str(script), strategy, str(path)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return load_file(path)


@pytest.mark.slow
def test_copies_and_shards_reach_the_weights_of_one_process(tmp_path):
    alone = trained(tmp_path, "auto")
    for strategy in ("ddp", "fsdp"):
        together = trained(tmp_path, strategy)
        assert together.keys() == alone.keys()
        for name, value in alone.items():
            torch.testing.assert_close(together[name], value, rtol=0, atol=1e-6)
