"""Convolutional networks at 224 pixels, side by side with torchvision's in one run.

For each network: theirs as it comes, ours as it comes, ours made ready (batch norms folded,
channels last), and ready in bfloat16, which nna takes by itself where the processor multiplies it
and no decision changes; the greatest difference of outputs is shown as a share of the greatest
output. And a training step of theirs and ours (cross-entropy, backward), float32. Beside the times
stands how many operators theirs and ours run for one answer: that number has no noise.

Where a network's weights happen to lie in memory can cost a tenth, for as long as the process
lives. So every comparison is made in several processes, each of which builds anew and takes the
fastest of interleaved rounds, each begun by another; the median over processes counts, and a second
copy of theirs runs along: what it is off 1 is noise.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

import nna
from nna import reference
from nna.workbench.prediction.inference import Lower, ready

BATCH, ROUNDS, PROCESSES = 4, 4, 5
PEERS = {
    "resnet/50": "resnet50",
    "mobilenet_v2/1.0": "mobilenet_v2",
    "efficientnet/b0": "efficientnet_b0",
    "convnext/tiny": "convnext_tiny",
}


class Operators(TorchDispatchMode):
    """Counts the operators that run within it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, run, types, args=(), kwargs=None):
        self.count += 1
        return run(*args, **(kwargs or {}))


def operators(model: nn.Module) -> int:
    """How many a network runs for one answer."""
    with torch.no_grad(), Operators() as counted:
        model.eval()(torch.zeros(1, 3, 224, 224))
    return counted.count


def fastest(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of each, the least of interleaved rounds, after one to warm up."""
    best = dict.fromkeys(runs, float("inf"))
    order = list(runs)
    for number in range(ROUNDS + 1):
        order.append(order.pop(0))
        for name in order:
            started = time.perf_counter()
            runs[name]()
            if number:
                best[name] = min(best[name], time.perf_counter() - started)
    return best


def measure(name: str, turn: int) -> dict[str, float]:
    """Their time divided by ours, in this process; and how far bfloat16 is off.

    Args:
        name: of our network and size.
        turn: which network is built first; the next one in the next process.
    """
    torch.manual_seed(turn)
    image, target = torch.randn(BATCH, 3, 224, 224), torch.randint(1000, (BATCH,))
    build = getattr(reference.torchvision().models, PEERS[name])
    builders = {"theirs": build, "ours": lambda: nna.build(name), "again": build}
    names = list(builders)
    made = {one: builders[one]() for one in names[turn % 3 :] + names[: turn % 3]}

    def answer(model: nn.Module) -> Callable[[], object]:
        def run() -> object:
            with torch.inference_mode():
                return model(image)

        return run

    def step(model: nn.Module) -> Callable[[], object]:
        def run() -> object:
            model.zero_grad()
            return functional.cross_entropy(model(image), target).backward()

        return run

    full = ready(made["ours"].eval())
    lower = Lower(ready(made["ours"]))
    answers = {one: answer(model.eval()) for one, model in made.items()}
    seconds = fastest(answers | {"ready": answer(full), "lower": answer(lower)})
    with torch.inference_mode():
        exact, rounded = full(image), lower(image)
    steps = fastest({one: step(model.train()) for one, model in made.items()})
    ratios = {one: seconds["theirs"] / took for one, took in seconds.items() if one != "theirs"}
    ratios |= {f"{one} step": steps["theirs"] / steps[one] for one in ("ours", "again")}
    ratios |= {f"{one} operators": operators(made[one]) for one in ("theirs", "ours")}
    return ratios | {"apart": float((exact - rounded).abs().max() / exact.abs().max())}


def main() -> None:
    """Measure all, print the ratios."""
    lines = [
        "# Convolutional networks, side by side in one run",
        "",
        f"`make bench`, {torch.get_num_threads()} threads, torch {torch.__version__}, batches of "
        f"{BATCH} at 224 pixels; torchvision's time divided by ours: in each process the fastest "
        f"of {ROUNDS} interleaved rounds, then the median of {PROCESSES} processes, with the least "
        "and the greatest. Noise: the same for a second copy of torchvision's, answering and "
        "training. Operators: how many theirs and ours run for one answer.",
        "",
        "| network | operators | as it comes | noise | made ready | ready, bfloat16 "
        "| its difference | training step | noise |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in PEERS:
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as one_by_one:
            found = list(one_by_one.map(measure, [name] * PROCESSES, range(PROCESSES)))

        def over(key: str, found: list[dict[str, float]] = found) -> str:
            values = [of[key] for of in found]
            return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"

        cells = ["{theirs operators}, {ours operators}".format_map(found[0])]
        cells += [over(key) for key in ("ours", "again", "ready", "lower")]
        cells.append(f"{100 * max(of['apart'] for of in found):.1f} %")
        cells += [over(key) for key in ("ours step", "again step")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print(text)
    Path("docs/benchmark-convnets.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
