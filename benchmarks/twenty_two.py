"""What every course teaches, side by side with the usual libraries in one run.

Each comparison computes the same on the same numbers: theirs, ours and a second copy of theirs run
one after the other, round by round, each round begun by another. What counts is the ratio within a
round, so that whatever else the machine does meets all three; its median stands in the page with
the quartiles, beside that of the second copy, whose distance from 1 is noise. Where weights
happen to lie in memory can cost a tenth for as long as a process lives: so every comparison is made
in several processes, each of which builds anew. Libraries that aren't installed are named as such.

    python benchmarks/twenty_two.py [--only NAME] [--seconds 15] [--processes 2] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

import nna
from nna import registry
from nna.training.devices import multiplies_bfloat16
from nna.workbench.prediction.inference import Lower

PAGE = Path("docs/measured/speed.md")
LEAST = 3  # rounds, however long one takes
Run = Callable[[], Any]


@dataclass(frozen=True)
class Case:
    """One comparison: what runs on each side, how far ours should be ahead, and what is to know."""

    build: Callable[[], dict[str, Run]]  # theirs, ours and again; others stand beside
    aim: float  # their time divided by ours
    peer: str
    needs: str | None = None  # the library that holds the other side
    note: str = ""


# --- recurrent: a training step on 32 series of 100 steps -----------------------------------------


class Plain(nn.Module):
    """A layer of PyTorch's own and a linear head on its last step."""

    def __init__(self, layer: type[nn.Module]) -> None:
        super().__init__()
        self.body = layer(8, 64, batch_first=True)
        self.head = nn.Linear(64, 4)

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        """Scores of the last step."""
        return self.head(self.body(series)[0][:, -1])


def recurrent(name: str, layer: type[nn.Module]) -> dict[str, Run]:
    """A step of Adam on the cross-entropy."""
    series, goal = torch.randn(32, 100, 8), torch.randint(4, (32,))

    def step(model: nn.Module) -> Run:
        optimiser = torch.optim.Adam(model.parameters())

        def run() -> None:
            optimiser.zero_grad()
            functional.cross_entropy(model(series), goal).backward()
            optimiser.step()

        return run

    ours = nna.build(name, channels=8, hidden=64, classes=4)
    return {"theirs": step(Plain(layer)), "ours": step(ours), "again": step(Plain(layer))}


# --- transformers: an answer for 128 tokens, and tokens written -----------------------------------


def answering(model: nn.Module, *inputs: torch.Tensor, **named: Any) -> Run:
    """The network's answer, in evaluation."""
    model.eval()

    def run() -> Any:
        with torch.inference_mode():
            return model(*inputs, **named)

    return run


def text_network(reference: str) -> tuple[nn.Module, nn.Module, nn.Module, Any]:
    """Ours of its published size with weights at random, and two of transformers'."""
    config = registry.configure(reference)
    theirs = registry.resolve(reference, "parity:hugging_face")
    return nna.build(reference), theirs(config), theirs(config), config


def bert() -> dict[str, Run]:
    """A text of 128 tokens, all of them scored."""
    ours, theirs, again, config = text_network("bert/base")
    tokens = torch.randint(config.vocab, (1, 128))
    mask, segments = torch.ones_like(tokens), torch.zeros_like(tokens)
    given = {"tokens": tokens, "tokens_mask": mask.bool(), "segments": segments}
    asked = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": segments}
    runs = {
        "theirs": answering(theirs, **asked),
        "ours": answering(ours, **given),
        "again": answering(again, **asked),
    }
    return runs


def gpt2() -> dict[str, Run]:
    """A text of 128 tokens; beside it in bfloat16, where the processor multiplies it."""
    ours, theirs, again, config = text_network("gpt2/small")
    tokens = torch.randint(config.vocab, (1, 128))
    runs = {
        "theirs": answering(theirs, tokens, use_cache=False),
        "ours": answering(ours, tokens),
        "again": answering(again, tokens, use_cache=False),
    }
    if multiplies_bfloat16(ours):
        runs["bfloat16"] = answering(Lower(ours), tokens)
    return runs


def writing() -> dict[str, Run]:
    """32 tokens behind a prompt of 16, the likeliest each time, out of a cache."""
    ours, theirs, again, config = text_network("gpt2/small")
    prompt, write = (
        torch.randint(config.vocab, (1, 16)),
        registry.resolve("gpt2", "generate:generate"),
    )
    ours.eval()

    def generated(model: Any) -> Run:
        model.eval()
        settings = {"max_new_tokens": 32, "min_new_tokens": 32, "do_sample": False}
        there = torch.ones_like(prompt)
        return lambda: model.generate(prompt, attention_mask=there, pad_token_id=0, **settings)

    return {
        "theirs": generated(theirs),
        "ours": lambda: write(ours, prompt, 32, temperature=0),
        "again": generated(again),
    }


# --- pictures: an answer, and pictures drawn ------------------------------------------------------


def coatnet(training: bool) -> dict[str, Run]:
    """Two pictures of 224 pixels: an answer, or forwards and backwards."""
    config, theirs = registry.configure("coatnet/0"), registry.resolve("coatnet", "parity:theirs")
    image, goal = torch.randn(2, 3, 224, 224), torch.randint(config.classes, (2,))

    def step(model: nn.Module) -> Run:
        model.train()

        def run() -> None:
            model.zero_grad()
            functional.cross_entropy(model(image), goal).backward()

        return run

    made = {"theirs": theirs(config), "ours": nna.build("coatnet/0"), "again": theirs(config)}
    return {
        who: step(model) if training else answering(model, image) for who, model in made.items()
    }


def ddim() -> dict[str, Run]:
    """Two pictures in ten steps of DDIM, our U-Net on both sides: what differs is the sampler."""
    from diffusers import DDIMScheduler  # type: ignore[import-not-found]

    model = nna.build("ddpm/cifar10").eval()
    sample = registry.resolve("ddpm", "sampler:sample")

    def theirs() -> None:
        schedule = DDIMScheduler(num_train_timesteps=1000, clip_sample=False)
        schedule.set_timesteps(10)
        x = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            for time_ in schedule.timesteps:
                eps = model(x, time_.expand(2, 1))
                x = schedule.step(eps, time_, x, eta=0.0).prev_sample

    def ours() -> None:
        sample(model, 2, torch.Generator().manual_seed(0), steps=10, eta=0.0)

    return {"theirs": theirs, "ours": ours, "again": theirs}


def ode() -> dict[str, Run]:
    """Sixteen pictures along one field, by adaptive steps of the same tolerance."""
    from torchdiffeq import odeint  # type: ignore[import-not-found]

    ours: Any = nna.build("neural_ode/mnist", solver="dopri5", tolerance=1e-3).eval()
    x, span = torch.randn(16, 64, 6, 6), torch.tensor([0.0, 1.0])

    def theirs() -> None:
        with torch.no_grad():
            odeint(ours.dynamics, x, span, method="dopri5", rtol=1e-3, atol=1e-3)

    def flow() -> None:
        with torch.no_grad():
            ours.flow(x)

    return {"theirs": theirs, "ours": flow, "again": theirs}


CASES = {
    "elman, a training step": Case(lambda: recurrent("elman", nn.RNN), 1.0, "nn.RNN"),
    "lstm, a training step": Case(lambda: recurrent("lstm", nn.LSTM), 1.0, "nn.LSTM"),
    "gru_reset_after, a training step": Case(
        lambda: recurrent("gru_reset_after", nn.GRU), 1.0, "nn.GRU"
    ),
    "gru, a training step": Case(
        lambda: recurrent("gru", nn.GRU),
        1.0,
        "nn.GRU",
        note="another network: the paper's reset gate stands before the matrix, for which PyTorch "
        "has no kernel",
    ),
    "bert/base, 128 tokens": Case(bert, 1.0, "transformers", "transformers"),
    "gpt2/small, 128 tokens": Case(gpt2, 1.0, "transformers", "transformers"),
    "gpt2/small, 32 tokens written": Case(writing, 1.5, "transformers' generate", "transformers"),
    "coatnet/0, 2 pictures": Case(lambda: coatnet(False), 1.0, "timm", "timm"),
    "coatnet/0, forwards and backwards": Case(lambda: coatnet(True), 1.0, "timm", "timm"),
    "ddpm/cifar10, 10 steps of DDIM": Case(ddim, 1.0, "diffusers", "diffusers"),
    "neural_ode/mnist, the flow": Case(ode, 1.0, "torchdiffeq", "torchdiffeq"),
}


# --- timing ---------------------------------------------------------------------------------------


def measure(name: str, turn: int, seconds: float) -> dict[str, list[float]]:
    """Seconds of each side, round by round, in this process.

    Args:
        name: of the comparison.
        turn: which process of several this is.
        seconds: after which no further round begins.
    """
    torch.manual_seed(turn)
    runs = CASES[name].build()
    for run in runs.values():
        run()  # what is only done once: buffers, kernels' choices
    took: dict[str, list[float]] = {who: [] for who in runs}
    order, began = [*runs], time.perf_counter()
    while len(took["ours"]) < LEAST or time.perf_counter() - began < seconds:
        order.append(order.pop(0))
        for who in order:
            started = time.perf_counter()
            runs[who]()
            took[who].append(time.perf_counter() - started)
    return took


def ratio(rounds: list[dict[str, list[float]]], who: str) -> list[float]:
    """Their time divided by that of another side, of every round of every process."""
    return [a / b for of in rounds for a, b in zip(of["theirs"], of[who], strict=True)]


def shown(values: list[float]) -> str:
    """The median, with the quartiles."""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def row(name: str, rounds: list[dict[str, list[float]]]) -> str:
    """A comparison's line of the page."""
    case = CASES[name]
    theirs, ours = (
        1000 * statistics.median([t for of in rounds for t in of[who]])
        for who in ("theirs", "ours")
    )
    values = ratio(rounds, "ours")
    reached = "yes" if statistics.median(values) >= case.aim else "no"
    cells = [name, case.peer, f"{theirs:.1f}", f"{ours:.1f}", shown(values)]
    cells += [shown(ratio(rounds, "again")), f"{case.aim:.1f}", reached]
    return f"| {' | '.join(cells)} |"


def beside(name: str, rounds: list[dict[str, list[float]]]) -> list[str]:
    """What else is to be said of a comparison."""
    said = [f"- *{name}:* {CASES[name].note}."] if CASES[name].note else []
    if "bfloat16" in rounds[0]:
        apart = bfloat16_apart()
        said.append(
            f"- *{name}:* {shown(ratio(rounds, 'bfloat16'))} with products in bfloat16, which nna "
            "takes by itself for classifiers where no decision changes; the greatest difference of "
            f"the outputs is {100 * apart:.1f} % of the greatest output."
        )
    return said


def bfloat16_apart() -> float:
    """How far GPT-2's scores are off in bfloat16, as a share of the greatest."""
    torch.manual_seed(0)
    model = nna.build("gpt2/small").eval()
    tokens = torch.randint(50_257, (1, 128))
    with torch.inference_mode():
        exact, rounded = model(tokens), Lower(model)(tokens)
    return float((exact - rounded).abs().max() / exact.abs().max())


def processor() -> str:
    """The processor's name, as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def page(measured: dict[str, list[dict[str, list[float]]]], missing: list[str]) -> str:
    """The whole page."""
    counts = [len(ratio(rounds, "ours")) for rounds in measured.values()]
    lines = [
        "# Speed, side by side in one run",
        "",
        f"`python benchmarks/twenty_two.py`, {processor()}, {torch.get_num_threads()} threads, "
        f"torch {torch.__version__}, float32. Times in milliseconds, medians; the ratio is their "
        "time divided by ours within a round: its median and quartiles over "
        f"{min(counts)} to {max(counts)} rounds in several processes. Noise: the same for a second "
        "copy of theirs. Weights are drawn at random, sizes are the published ones.",
        "",
        "| ours | theirs | their time | our time | ratio | noise | at least | reached |",
        "|---|---|---|---|---|---|---|---|",
        *(row(name, rounds) for name, rounds in measured.items()),
        "",
        *(line for name, rounds in measured.items() for line in beside(name, rounds)),
        *(f"- *{name}:* not compared, {CASES[name].needs} isn't installed." for name in missing),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Measure all that can be, print and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="comparisons whose names hold this; the page isn't written")
    parser.add_argument("--seconds", type=float, default=12.0, help="of rounds, in each process")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, help=f"where the page goes; else {PAGE}")
    asked = parser.parse_args()
    chosen = [name for name in CASES if (asked.only or "") in name]
    if not chosen:
        sys.exit(f"no comparison's name holds {asked.only!r}; there are: {', '.join(CASES)}")
    missing = [n for n in chosen if (needs := CASES[n].needs) and find_spec(needs) is None]
    measured = {}
    for name in (one for one in chosen if one not in missing):
        again = [(name, turn, asked.seconds) for turn in range(asked.processes)]
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as one_by_one:
            measured[name] = [*one_by_one.map(measure, *zip(*again, strict=True))]
        print(row(name, measured[name]), flush=True)
    if not measured:
        sys.exit(f"nothing to compare: {', '.join(CASES[n].needs or n for n in missing)} missing")
    text = page(measured, missing)
    print(text)
    if asked.out or not asked.only:
        (asked.out or PAGE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
