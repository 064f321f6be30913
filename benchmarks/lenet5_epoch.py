"""LeNet-5's epoch time, side by side with its peers in one run; printed as ratios.

The rivals, all on the same 1,437 digits, with the same network (scikit-learn has no convolutions:
it gets a multilayer perceptron of as many parameters), batch, optimiser and number of epochs:

- as the recipe trains, with random shifts and turns: nna, and a plain PyTorch loop over a
  DataLoader whose pictures go through torchvision's transforms one at a time, as tutorials write
  it, in the main process and with two workers;
- without random changes: nna, the same loop, the loop over a TensorDataset whose pictures were
  transformed beforehand, Keras's `fit` on JAX, compiled, and scikit-learn's MLPClassifier.

Rounds are interleaved, each with its own seed. JAX comes last: its threads outlive its work.
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
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

import nna
from nna import objectives, reference
from nna.spec import Recipe
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.training.loop import Training

ROUNDS, EPOCHS, BATCH, RATE = 5, 8, 32, 2e-3

reference.torchvision()
from torchvision import transforms  # noqa: E402 - it imports only after the line above

SHAPED = (transforms.Resize((32, 32)),)
CHANGED = (transforms.RandomAffine(10, translate=(0.08, 0.08), scale=(0.9, 1.1)),)
MEASURED = (transforms.ToTensor(), transforms.Normalize((0.31,), (0.38,)))  # the digits' own

images, labels = load_digits(return_X_y=True)
small, small_test, y, y_test = train_test_split(
    images.astype(np.float32) / 16, labels, test_size=360, random_state=0, stratify=labels
)


def pictures(rows: np.ndarray) -> list[Image.Image]:
    """As files would give them."""
    return [Image.fromarray((255 * row).astype(np.uint8)) for row in rows.reshape(-1, 8, 8)]


def prepared(rows: np.ndarray) -> torch.Tensor:
    """What the transforms make of each, once."""
    plain = transforms.Compose([*SHAPED, *MEASURED])
    return torch.stack([plain(picture) for picture in pictures(rows)])


large, large_test = prepared(small), prepared(small_test)
target = torch.from_numpy(y)


def accuracy(model: torch.nn.Module) -> float:
    """On the held-out digits."""
    model.eval()
    with torch.no_grad():
        return float((model(large_test).argmax(1) == torch.from_numpy(y_test)).float().mean())


def of_nna(changes: tuple[str, ...], seed: int) -> tuple[float, float]:
    """Nna's own loop."""
    torch.manual_seed(seed)
    model = nna.build("lenet5")
    recipe = Recipe(
        objective="cross_entropy",
        epochs=EPOCHS,
        batch_size=BATCH,
        learning_rate=RATE,
        augment=changes,
    )
    training = Training(
        model=model,
        objective=objectives.get("cross_entropy"),
        recipe=recipe,
        train=Tensors.pair(large, target),
        validation=None,
        fabric=devices.fabric(),
        seed=seed,
    )
    started = time.perf_counter()
    training.run()
    return (time.perf_counter() - started) / EPOCHS, accuracy(model)


Rival = Callable[[int], tuple[float, float]]  # seed -> seconds an epoch, accuracy


class Pictures(Dataset):
    """As tutorials have it: one example at a time, transformed when asked for."""

    def __init__(self, *changes: object) -> None:
        self.pictures = pictures(small)
        self.transform = transforms.Compose([*SHAPED, *changes, *MEASURED])

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(self.pictures[index]), int(y[index])


def of_loader(data: Dataset, workers: int = 0) -> Rival:
    """A plain loop over a DataLoader."""

    def run(seed: int) -> tuple[float, float]:
        torch.manual_seed(seed)
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


def of_sklearn(seed: int) -> tuple[float, float]:
    """A perceptron with one hidden layer of about 61,700 parameters on the small pictures."""
    model = MLPClassifier(
        820, batch_size=BATCH, learning_rate_init=RATE, max_iter=EPOCHS, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.perf_counter()
        model.fit(small, y)
    seconds = (time.perf_counter() - started) / EPOCHS
    return seconds, float(model.score(small_test, y_test))


def of_keras(seed: int) -> tuple[float, float]:
    """The twin under Keras's `fit`; its compilation, in a first epoch, is not counted."""
    import keras

    from nna.registry import configure, resolve

    keras.utils.set_random_seed(seed)
    model = resolve("lenet5", "model_keras:lenet5")(configure("lenet5"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(RATE), loss, metrics=["accuracy"])
    x, x_test = (t.permute(0, 2, 3, 1).numpy() for t in (large, large_test))
    model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)
    started = time.perf_counter()
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS - 1, verbose=0)
    seconds = (time.perf_counter() - started) / (EPOCHS - 1)
    return seconds, float(model.evaluate(x_test, y_test, verbose=0)[1])


RIVALS: dict[str, dict[str, Rival]] = {
    "random shifts and turns": {
        "nna": lambda seed: of_nna(("affine",), seed),
        "DataLoader": of_loader(Pictures(*CHANGED)),
        "DataLoader, two workers": of_loader(Pictures(*CHANGED), workers=2),
    },
    "none": {
        "nna": lambda seed: of_nna((), seed),
        "DataLoader": of_loader(Pictures()),
        "DataLoader over a TensorDataset": of_loader(TensorDataset(large, target)),
    },
    "none; other libraries": {
        "nna": lambda seed: of_nna((), seed),
        "Keras fit (JAX)": of_keras,
        "scikit-learn MLPClassifier": of_sklearn,
    },
}


def main() -> None:
    """Run all, print the ratios."""
    lines = [
        "# Speed, side by side in one run",
        "",
        f"`make bench`, {torch.get_num_threads()} threads, torch {torch.__version__}; "
        f"{ROUNDS} interleaved rounds of {EPOCHS} epochs, each with its own seed: the median of "
        "the rounds' ratios, the mean of the accuracies with their standard deviation.",
        "",
        "| an epoch of LeNet-5 on digits | random changes | times nna's | test accuracy, % |",
        "|---|---|---|---|",
    ]
    for kind, rivals in RIVALS.items():
        rounds = [{name: run(seed) for name, run in rivals.items()} for seed in range(ROUNDS)]
        for name in rivals:
            ratio = np.median([seconds[name][0] / seconds["nna"][0] for seconds in rounds])
            hits = [100 * measured[name][1] for measured in rounds]
            found = f"{np.mean(hits):.1f} ± {np.std(hits, ddof=1):.1f}"
            lines.append(f"| {name} | {kind} | {ratio:.2f} | {found} |")
    text = "\n".join(lines) + "\n"
    print(text)
    Path("docs/benchmark.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
