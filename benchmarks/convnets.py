"""Convolutional networks at 224 pixels, side by side with torchvision's and timm's in one run.

For each network: theirs as it comes, ours as it comes, ours made ready (batch norms folded,
channels last), and ready in bfloat16, which nna takes by itself where the processor multiplies it
and no decision changes; the greatest difference of outputs is shown as a share of the greatest
output. And a training step of theirs and ours (cross-entropy, backward). Rounds are interleaved and
each begins with another, since what runs first is not what runs last; the fastest of each counts;
float32 but for the one column. A second copy of theirs runs along: what it is off 1 is noise.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

import nna
from nna import reference
from nna.workbench.ready import Lower, ready

BATCH, ROUNDS = 4, 12


def peers() -> dict[str, tuple[nn.Module, nn.Module]]:
    """The independent implementation of each, untrained, and a second copy of it."""
    models = reference.torchvision().models
    made = {
        "resnet/50": models.resnet50,
        "mobilenet_v2/1.0": models.mobilenet_v2,
        "efficientnet/b0": models.efficientnet_b0,
        "convnext/tiny": models.convnext_tiny,
    }
    return {name: (build(), build()) for name, build in made.items()}


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


def main() -> None:
    """Measure all, print the ratios."""
    image, target = torch.randn(BATCH, 3, 224, 224), torch.randint(1000, (BATCH,))
    lines = [
        "# Convolutional networks, side by side in one run",
        "",
        f"`make bench`, {torch.get_num_threads()} threads, torch {torch.__version__}, batches of "
        f"{BATCH} at 224 pixels; torchvision's time divided by ours, the fastest of {ROUNDS} "
        "interleaved rounds. Noise: the same for a second copy of torchvision's, answering and "
        "training.",
        "",
        "| network | as it comes | noise | made ready | ready, bfloat16 | its difference "
        "| training step | noise |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, (theirs, again) in peers().items():
        ours = nna.build(name)

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

        seconds = fastest(
            {
                "theirs": answer(theirs.eval()),
                "again": answer(again.eval()),
                "ours": answer(ours.eval()),
                "ready": answer(ready(ours)),
                "lower": answer(Lower(ready(ours))),
            }
        )
        with torch.inference_mode():
            full, rounder = ready(ours)(image), Lower(ready(ours))(image)
        apart = float((full - rounder).abs().max() / full.abs().max())
        steps = fastest(
            {
                "theirs": step(theirs.train()),
                "again": step(again.train()),
                "ours": step(ours.train()),
            }
        )
        answers = ("ours", "again", "ready", "lower")
        ratios = [f"{seconds['theirs'] / seconds[how]:.2f}" for how in answers]
        ratios.append(f"{100 * apart:.1f} %")
        ratios += [f"{steps['theirs'] / steps[how]:.2f}" for how in ("ours", "again")]
        lines.append(f"| {name} | {' | '.join(ratios)} |")
    text = "\n".join(lines) + "\n"
    print(text)
    Path("docs/benchmark-convnets.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
