"""Dropout on few pictures: what it gains, and the whole network beside many thinned ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import (
    Claim,
    Columns,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

    from nna.training.in_memory import Tensors

TRAIN, TESTED, HIDDEN = 300, 597, (256, 256)
EPOCHS, LONGER, BATCH, RATE = 60, 180, 50, 0.1
DROPOUT, MASKS = 0.5, 100
NAMES = {"none": "no dropout", "dropout": "dropout 0.5"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Digits."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, TRAIN, tested=TESTED), seed, quick, 2 if quick else EPOCHS)


def on_clothes(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN), seed, quick, 2 if quick else EPOCHS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Digits, three times as many steps."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, TRAIN, tested=TESTED), seed, quick, 2 if quick else LONGER)


def compared(
    train: Tensors, test: Tensors, seed: int, quick: bool, epochs: int
) -> dict[str, float]:
    """Train the same network from the same start on the same pictures, without and with dropout."""
    import torch

    from nna import registry
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    features = train.x[0].numel()
    train, test = (Tensors.pair(part.x.flatten(1), part.target) for part in (train, test))
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        optimiser="sgd",
        momentum=0.9,
        learning_rate=RATE,
        batch_size=BATCH,
        schedule="cosine",
    )
    numbers: dict[str, float] = {}
    for name in NAMES:
        torch.manual_seed(seed)
        dropped = DROPOUT if name == "dropout" else 0.0
        model = registry.build("mlp", features=features, hidden=HIDDEN, classes=10, dropout=dropped)
        learn(model, recipe, train, seed=seed)
        numbers[name] = accuracy(model, test)
        numbers[f"{name}_train"] = accuracy(model, train)
        if dropped:
            numbers |= ensemble(model, test, 5 if quick else MASKS)
    return numbers


def ensemble(model: nn.Module, test: Tensors, masks: int) -> dict[str, float]:
    """The mean answer of many thinned networks beside that of the whole one, weights scaled."""
    import torch

    with torch.no_grad():
        whole = model.eval()(test.x).log_softmax(1)
        model.train()
        mean = torch.stack([model(test.x).softmax(1) for _ in range(masks)]).mean(0)
    model.eval()
    right = 100 * (mean.argmax(1) == test.target).float().mean()
    apart = 100 * (whole.argmax(1) == test.target).float().mean() - right
    divergence = (mean * (mean.clamp_min(1e-12).log() - whole)).sum(1).mean()
    return {"masks": float(right), "apart": abs(float(apart)), "divergence": float(divergence)}


def figure(columns: Columns) -> Figure:
    """Accuracy in training and in the test of every run, without dropout and with it."""
    from nna.lab.drawing import BLUE, ORANGE, new, pairs

    drawing, (left, right) = new(8.2, 3.2, 2)
    for axis, after, title in ((left, "_train", "Training"), (right, "", "Test")):
        colour = ORANGE if after else BLUE
        pairs(axis, [(title.lower(), [columns[f"{name}{after}"] for name in NAMES], colour)])
        axis.set(xlabel="a line a run, bold their mean", ylabel="right (%)", title=title)
        axis.set_xticks((0, 1), NAMES.values())
    return drawing


_SRIVASTAVA = (
    "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov (2014). Dropout: a simple way to "
    "prevent neural networks from overfitting. Journal of Machine Learning Research 15"
)

EXPERIMENT = Experiment(
    title="Dropout on few pictures",
    scope="on 300 digits of 8x8, 360 steps",
    claims=(
        Claim(
            row="REG-17",
            says="Dropout reduces overfitting.",
            by=(_SRIVASTAVA,),
            conditions=(
                Condition(
                    says="points gained by dropout",
                    of="dropout",
                    minus="none",
                    at_least=1,
                    no_effect=0,
                ),
            ),
            rather="It helped where few examples are fitted exactly, by less than the point that "
            "was asked for here. The gains of its paper are those of other networks and tasks, and "
            "no measure of what another gains.",
        ),
        Claim(
            row="REG-18",
            says="A network trained with dropout and run whole, its weights scaled, answers like "
            "the mean of many thinned networks.",
            by=(_SRIVASTAVA,),
            conditions=(
                Condition(says="points between the two", of="apart", at_most=1),
                Condition(
                    says="divergence of the whole from the mean, in nats",
                    of="divergence",
                    at_most=0.05,
                ),
            ),
            rather="It is right about as often as the mean, but its shares differ. Scaled weights "
            "give the normalised geometric mean of the thinned networks, exactly only without "
            "non-linear hidden units (computed for one softmax layer and all its masks: REG-16): "
            "Goodfellow, Bengio, Courville (2016), Deep Learning, section 7.12. With rectifiers "
            "they approximate it: Warde-Farley, Goodfellow, Courville, Bengio (2014), An "
            "empirical analysis of dropout in piecewise linear networks, ICLR, "
            "arXiv:1312.6197.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits, 8 x 8: {TRAIN} to train on, drawn by the seed, {TESTED} others "
        "to test on, the same for every seed. Second bed: the dataset fashion_mnist_part, 28 x 28, "
        f"{TRAIN} of its training part drawn by the seed, the 2,000 of its test part.",
        models="The architecture mlp, 64-256-256-10 with ReLU (784-256-256-10 on the second bed), "
        "from the same start without dropout and with dropout of 0.5 after each hidden layer.",
        training="Cross-entropy, gradient descent with momentum 0.9 at rate 0.1 falling as a "
        f"cosine, batches of {BATCH}, {EPOCHS} epochs ({LONGER} as the second budget).",
        measured="The share of pictures right at the end, those trained on and those to test on; "
        f"for dropout also of the mean probabilities over {MASKS} draws of masks, and the "
        "divergence of the whole network's from it.",
        quick="Two epochs and five masks.",
    ),
    quantities={
        **{
            f"{name}{after}": Quantity(about=f"right, {text}, {part}", unit="%", step=step)
            for name, text in NAMES.items()
            for after, part, step in (("", "test", 100 / 2000), ("_train", "training", 100 / TRAIN))
        },
        "masks": Quantity(about="right, mean of 100 thinned networks", unit="%"),
        "apart": Quantity(
            about="points between whole network and mean", unit="points", step=100 / 2000
        ),
        "divergence": Quantity(about="of the whole network from the mean", unit="nats"),
    },
    seeds=24,
    minutes=5,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 300 pictures of Fashion-MNIST, 360 steps", measure=on_clothes),
        "budget": Elsewhere(scope="on 300 digits of 8x8, 1,080 steps", measure=longer),
    },
)
