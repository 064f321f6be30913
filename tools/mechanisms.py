"""Train what the atlas's pages of mechanisms step through: `python tools/mechanisms.py [NAME ...]`.

Each is one of nna's own models, trained here on data that comes along, some minutes in all; its
weights are written as src/nna/app/static/weights-NAME.js, a number as thousandths of one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nna import registry
from nna.architectures.generative.ddpm import model as ddpm
from nna.data import catalog

STATIC = Path(__file__).parents[1] / "src" / "nna" / "app" / "static"
LETTERS = " abcdefghijklmnopqrstuvwxyz.,'"  # what is left of a text, in the order of its codes
LENGTH = 48  # characters read at once


def main(names: list[str]) -> int:
    """Train those named, or all; 1 for a name that there isn't."""
    if unknown := sorted(set(names) - MADE.keys()):
        print(f"no mechanism {', '.join(unknown)}: choose among {', '.join(MADE)}")
        return 1
    for name in names or MADE:
        torch.manual_seed(0)
        text = json.dumps(MADE[name](), separators=(",", ":"), ensure_ascii=False)
        path = STATIC / f"weights-{name}.js"
        path.write_text(f"window.nnaWeights = {text};\n", encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    return 0


def thousandths(values: Tensor) -> Any:
    """The numbers as whole thousandths, nested as they are shaped."""
    return (values.detach().double() * 1000).round().long().tolist()


def parameters(model: nn.Module) -> dict[str, Any]:
    """All of a model's parameters, by name."""
    return {name: thousandths(value) for name, value in model.named_parameters()}


# --- Models of characters ----------------------------------------------------------------------


def codes() -> Tensor:
    """Moby-Dick in small letters, as places in LETTERS; what isn't there is a space, one a time."""
    raw = bytes(np.asarray(catalog.load("moby_dick").x, dtype=np.uint8).ravel())
    text = raw.decode("utf-8").lower().replace("’", "'")
    kept = "".join(letter if letter in LETTERS else " " for letter in text)
    return torch.tensor([LETTERS.index(letter) for letter in " ".join(kept.split())])


def learn(model: nn.Module, scores: Callable[[Tensor], Tensor], steps: int, rate: float) -> float:
    """Train to predict every next character; the loss of the last hundred steps, in nats."""
    text, losses = codes(), []
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    for _ in range(steps):
        at = torch.randint(len(text) - LENGTH - 1, (64, 1)) + torch.arange(LENGTH + 1)
        window = text[at]
        loss = F.cross_entropy(scores(window[:, :-1]).flatten(0, 1), window[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    return float(np.mean(losses[-100:]))


def attention() -> Mapping[str, Any]:
    """GPT-1's decoder: two layers of two heads."""
    sizes = {"layers": 2, "width": 24, "heads": 2, "length": LENGTH, "vocab": len(LETTERS)}
    model = registry.build("gpt1", **sizes, dropout=0.0)
    loss = learn(model, model, steps=2500, rate=1e-2)
    return {"letters": LETTERS, "loss": round(loss, 3), **sizes, "weights": parameters(model)}


def lstm() -> Mapping[str, Any]:
    """An LSTM of 32 cells over characters, its scores read off after every one."""
    known = len(LETTERS)
    model = registry.build("lstm", hidden=32, forget_bias=1.0, channels=known, classes=known)

    body, head = model.get_submodule("body"), model.get_submodule("head")

    def scores(window: Tensor) -> Tensor:
        return head(body(F.one_hot(window, known).float())[0])

    loss = learn(model, scores, steps=1500, rate=1e-2)
    return {"letters": LETTERS, "loss": round(loss, 3), "hidden": 32, "weights": parameters(model)}


# --- A picture, a memory and a graph -----------------------------------------------------------


def enlarged(pictures: Tensor) -> Tensor:
    """Digits of 8x8 in the middle of 32x32, paper 0 and ink 1."""
    return F.pad(F.interpolate(pictures, size=(28, 28), mode="bilinear"), (2, 2, 2, 2))


def kernel() -> Mapping[str, Any]:
    """The six kernels of LeNet-5's first layer, after training on digits."""
    from sklearn.datasets import load_digits

    pixels, digit = load_digits(return_X_y=True)
    x = enlarged(torch.tensor(pixels, dtype=torch.float32).reshape(-1, 1, 8, 8) / 16)
    y = torch.tensor(digit)
    model = registry.build("lenet5/desk")
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(6):
        for batch in torch.randperm(1400).split(50):
            optimiser.zero_grad()
            F.cross_entropy(model(x[batch]), y[batch]).backward()
            optimiser.step()
    with torch.no_grad():
        right = (model(x[1400:]).argmax(1) == y[1400:]).double().mean().item()
    examples = {str(d): thousandths(x[int(np.flatnonzero(digit == d)[0])][0]) for d in (3, 4, 7)}
    c1 = parameters(model.get_submodule("body.c1"))
    first = {f"c1.{name}": value for name, value in c1.items()}
    return {"accuracy": round(right, 3), "weights": first, "examples": examples}


def hopfield() -> Mapping[str, Any]:
    """Three digits in a Hopfield network, each one's outer product added to the links."""
    data = catalog.load("digit_recall")
    memories = torch.as_tensor(np.asarray(data.x)[:3]).double()
    links = memories.T @ memories
    links.fill_diagonal_(0)
    as_signs = memories.long().tolist()
    return {"memories": as_signs, "weights": {"links": thousandths(links)}}


def graph() -> Mapping[str, Any]:
    """A GCN of four numbers a member on the karate club, and where to draw each member."""
    import networkx as nx

    data = catalog.load("karate")
    x, edges = torch.eye(34), torch.as_tensor(np.asarray(data.edges))
    y = torch.as_tensor(np.asarray(data.y))
    assert data.parts is not None
    known = torch.as_tensor(np.asarray(data.parts["train"]))
    model = registry.build("gcn", features=34, classes=4, hidden=4, dropout=0.0)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)
    for _ in range(300):
        optimiser.zero_grad()
        F.cross_entropy(model(x, edges)[known], y[known]).backward()
        optimiser.step()
    with torch.no_grad():
        right = (model(x, edges).argmax(1) == y).double().mean().item()
    club = nx.karate_club_graph()
    places = nx.kamada_kawai_layout(club, weight=None)
    return {
        "accuracy": round(right, 3),
        "places": [[round(float(v), 3) for v in places[n]] for n in club],
        "edges": [[int(a), int(b)] for a, b in club.edges],
        "communities": y.tolist(),
        "known": known.tolist(),
        "weights": parameters(model),
    }


def diffusion() -> Mapping[str, Any]:
    """The noise in points of two half-moons, by a perceptron that knows the timestep."""
    from sklearn.datasets import make_moons

    points = torch.tensor(make_moons(2000, noise=0.06, random_state=0)[0], dtype=torch.float32)
    points = (points - points.mean(0)) / points.std(0)
    timesteps, features = 100, 8
    left = ddpm.alpha_bars(timesteps).float()
    model = registry.build("mlp", features=2 + features, hidden=(64, 64), classes=2)
    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.0)
    steps, losses = 8000, []
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for _ in range(steps):
        clean = points[torch.randint(len(points), (512,))]
        timestep, eps = torch.randint(timesteps, (512,)), torch.randn(512, 2)
        share = left[timestep, None]
        noisy = share.sqrt() * clean + (1 - share).sqrt() * eps
        known = ddpm.sinusoids(10.0 * timestep, features)  # of 100 timesteps as of 1,000
        loss = F.mse_loss(model(torch.cat([noisy, known], dim=1)), eps)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    return {
        "loss": round(float(np.mean(losses[-500:])), 3),
        "timesteps": timesteps,
        "features": features,
        "points": thousandths(points[:200]),
        "weights": parameters(model),
    }


MADE = {
    "attention": attention,
    "lstm": lstm,
    "kernel": kernel,
    "hopfield": hopfield,
    "graph": graph,
    "diffusion": diffusion,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
