"""LeNet-5's epoch time, side by side with its peers in one run; printed as ratios.

The rivals, all on the same 1,437 digits, with the same network (scikit-learn has no convolutions:
it gets a multilayer perceptron of as many parameters), batch, optimiser and number of epochs:

- as the recipe trains, with random shifts and turns: nna, and a plain PyTorch loop over a
  DataLoader whose dataset resizes and changes one example at a time, as tutorials write it, in the
  main process and with two workers;
- without random changes: nna, the same loop, the loop over a TensorDataset whose pictures were
  resized beforehand, Keras's `fit` on JAX, compiled, and scikit-learn's MLPClassifier.

Rounds are interleaved, each rival's fastest epoch counts.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

import nna
from nna import objectives
from nna.objectives.base import Batch
from nna.spec import Recipe
from nna.training import devices
from nna.training.augment import augment
from nna.training.batches import Tensors
from nna.training.loop import Training

ROUNDS, EPOCHS, BATCH, RATE = 3, 8, 32, 2e-3

images, labels = load_digits(return_X_y=True)
images = (images.reshape(-1, 1, 8, 8) / 16).astype(np.float32)
small, small_test, y, y_test = train_test_split(
    images, labels, test_size=360, random_state=0, stratify=labels
)


def enlarge(x: torch.Tensor) -> torch.Tensor:
    """To 32 x 32 pixels, as nna's adapter does."""
    return functional.interpolate(x, (32, 32), mode="bilinear", antialias=True)


large, large_test = (enlarge(torch.from_numpy(x)) for x in (small, small_test))
target = torch.from_numpy(y)


def accuracy(model: torch.nn.Module) -> float:
    """On the held-out digits."""
    model.eval()
    with torch.no_grad():
        return float((model(large_test).argmax(1) == torch.from_numpy(y_test)).float().mean())


def of_nna(changes: tuple[str, ...]) -> tuple[float, float]:
    """Nna's own loop."""
    torch.manual_seed(0)
    model = nna.build("lenet5")
    recipe = Recipe(
        objective="cross_entropy", epochs=EPOCHS, batch=BATCH, rate=RATE, augment=changes
    )
    training = Training(
        model=model,
        objective=objectives.get("cross_entropy"),
        recipe=recipe,
        train=Tensors(large, target),
        validation=None,
        fabric=devices.fabric(),
    )
    started = time.perf_counter()
    training.run()
    return (time.perf_counter() - started) / EPOCHS, accuracy(model)


class Pictures(Dataset):
    """As tutorials have it: one example at a time, transformed when asked for."""

    def __init__(self, changes: tuple[str, ...] = ()) -> None:
        self.changes = changes

    def __len__(self) -> int:
        return len(small)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        picture = enlarge(torch.from_numpy(small[index])[None])
        return augment(Batch((picture,)), self.changes).inputs[0][0], int(y[index])


def of_loader(data: Dataset, workers: int = 0) -> Callable[[], tuple[float, float]]:
    """A plain loop over a DataLoader."""

    def run() -> tuple[float, float]:
        torch.manual_seed(0)
        model = nna.build("lenet5")
        optimiser = torch.optim.Adam(model.parameters(), lr=RATE)
        loader = DataLoader(data, batch_size=BATCH, shuffle=True, num_workers=workers)
        started = time.perf_counter()
        for _ in range(EPOCHS):
            total = 0.0
            for x, t in loader:
                optimiser.zero_grad()
                loss = functional.cross_entropy(model(x), t)
                loss.backward()
                optimiser.step()
                total += loss.item()
        return (time.perf_counter() - started) / EPOCHS, accuracy(model)

    return run


def of_sklearn() -> tuple[float, float]:
    """A perceptron with one hidden layer of about 61,700 parameters on the small pictures."""
    model = MLPClassifier(820, batch_size=BATCH, learning_rate_init=RATE, max_iter=EPOCHS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.perf_counter()
        model.fit(small.reshape(len(small), -1), y)
    seconds = (time.perf_counter() - started) / EPOCHS
    return seconds, float(model.score(small_test.reshape(len(small_test), -1), y_test))


def of_keras() -> tuple[float, float]:
    """The twin under Keras's `fit`; its compilation, in a first epoch, is not counted."""
    import keras

    from nna.registry import configure, resolve

    keras.utils.set_random_seed(0)
    model = resolve("lenet5", "model_keras:lenet5")(configure("lenet5"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(RATE), loss, metrics=["accuracy"])
    x, x_test = (t.permute(0, 2, 3, 1).numpy() for t in (large, large_test))
    model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)
    started = time.perf_counter()
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS - 1, verbose=0)
    seconds = (time.perf_counter() - started) / (EPOCHS - 1)
    return seconds, float(model.evaluate(x_test, y_test, verbose=0)[1])


AUGMENTED = ("affine",)
RIVALS: dict[str, dict[str, Callable[[], tuple[float, float]]]] = {
    "with random shifts and turns": {
        "nna": lambda: of_nna(AUGMENTED),
        "DataLoader": of_loader(Pictures(AUGMENTED)),
        "DataLoader, two workers": of_loader(Pictures(AUGMENTED), workers=2),
    },
    "without": {
        "nna": lambda: of_nna(()),
        "DataLoader": of_loader(Pictures()),
        "DataLoader over a TensorDataset": of_loader(TensorDataset(large, target)),
        "Keras fit (JAX)": of_keras,
        "scikit-learn MLPClassifier": of_sklearn,
    },
}


def main() -> None:
    """Run all, print the ratios."""
    best: dict[tuple[str, str], tuple[float, float]] = {}
    for _ in range(ROUNDS):
        for kind, rivals in RIVALS.items():
            for name, run in rivals.items():
                seconds, hit = run()
                if (kind, name) not in best or seconds < best[kind, name][0]:
                    best[kind, name] = (seconds, hit)
    lines = [
        "# Speed, side by side in one run",
        "",
        f"`make bench`, {torch.get_num_threads()} threads, torch {torch.__version__}; the fastest "
        f"of {ROUNDS} interleaved rounds of {EPOCHS} epochs.",
        "",
        "| an epoch of LeNet-5 on digits | random changes | times nna's | test accuracy |",
        "|---|---|---|---|",
    ]
    for (kind, name), (seconds, hit) in best.items():
        ratio = seconds / best[kind, "nna"][0]
        lines.append(f"| {name} | {kind} | {ratio:.2f} | {100 * hit:.1f} % |")
    text = "\n".join(lines) + "\n"
    print(text)
    Path("docs/benchmark.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
