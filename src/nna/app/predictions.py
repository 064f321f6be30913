"""Networks to predict: what each is asked, the answers offered, and why it comes out as it does.

Each is trained in the reader's page; a test trains it there too and holds the outcome against the
answer that is marked as right.
"""

from __future__ import annotations

from dataclasses import dataclass

HALF, MOST, ALL = ("about half", 0.35, 0.7), ("about nine in ten", 0.85, 0.97), ("all", 0.98, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One network and its outcome."""

    id: str
    title: str
    settings: str  # as the playground's address has them
    asks: str
    right: int  # place among the choices
    because: str
    epochs: int = 100
    links: tuple[tuple[str, str], ...] = ()  # address from the site's root, and what it is called
    # what is said, and the shares of training examples got right that it means
    choices: tuple[tuple[str, float, float], ...] = (HALF, MOST, ALL)


_PERCEPTRON = ("card/perceptron.html", "Perceptron")
_MLP = ("card/mlp.html", "Multilayer perceptron")
_XOR = ("lab/xor.html", "Measured in the laboratory")

CASES = (
    Case(
        id="perceptron",
        title="A perceptron on XOR",
        settings="data=xor&kind=perceptron&noise=0",
        asks="Orange lies in two opposite corners, blue in the other two. One neuron learns by "
        "Rosenblatt's rule, for 100 epochs. How many training examples does it get right?",
        right=0,
        because="One neuron parts the plane by one straight line. Each class fills two opposite "
        "corners, so every line leaves much of both on the wrong side. The rule changes the "
        "weights as long as any example is wrong: it never comes to rest.",
        links=(_XOR, _PERCEPTRON),
    ),
    Case(
        id="linear-layers",
        title="Two hidden layers, all linear",
        settings="data=xor&layers=8,8&activation=linear&noise=0",
        asks="Now there are two hidden layers of eight neurons and 105 parameters, and no "
        "activation function. How many does it get right after 100 epochs?",
        right=0,
        because="A linear map of a linear map is a linear map: the three layers together compute "
        "what one neuron could. Depth helps only with something nonlinear between the layers.",
        links=(_MLP,),
    ),
    Case(
        id="hidden",
        title="One hidden layer of four",
        settings="data=xor&layers=4&noise=0",
        asks="Four hidden neurons with tanh, 17 parameters, 200 epochs on XOR. How many?",
        epochs=200,
        right=2,
        because="Each hidden neuron draws a line of its own, and the output weighs them. Two lines "
        "would do; with four a random initialisation nearly always finds some.",
        links=(_XOR, _MLP),
    ),
    Case(
        id="squares",
        title="A perceptron on circles, given squares",
        settings="data=circles&kind=perceptron&features=x1^2,x2^2&noise=0",
        asks="One class is a disc, the other the ring around it. The perceptron gets the squares "
        "of both coordinates instead of the coordinates. How many after 100 epochs?",
        right=2,
        because="A circle around the origin is where the squares have a given sum: in the squares "
        "it is a straight line, and that one neuron can learn. What a network can't learn "
        "depends on the features that it gets.",
        links=(_PERCEPTRON, ("card/flnn.html", "Functional links")),
    ),
    Case(
        id="bottleneck",
        title="One hidden neuron on circles",
        settings="data=circles&layers=1&noise=0",
        asks="A single tanh neuron before the output, given the coordinates themselves, "
        "200 epochs. How many of the disc and the ring?",
        epochs=200,
        right=0,
        because="All that the output learns of a place is one number, which changes along one "
        "direction only. The boundary is a straight line again; it cuts off a part of the ring.",
        links=(_MLP,),
    ),
    Case(
        id="sigmoids",
        title="Six layers of sigmoids",
        settings="data=moons&layers=6,6,6,6,6,6&activation=sigmoid",
        asks="Two moons are easy: two small layers learn them. Here are six layers of six sigmoid "
        "neurons, 200 epochs of SGD with the same learning rate. How many does it get right?",
        epochs=200,
        right=0,
        because="The slope of a sigmoid is a quarter at most, and each layer multiplies the "
        "gradient by it on the way back: the first layers hardly move. In the playground take "
        "ReLU, or Adam, for the same network.",
        links=(_MLP, ("lab/depth_signals.html", "Measured in the laboratory")),
    ),
    Case(
        id="memorised",
        title="24 noisy examples and 105 parameters",
        settings="data=moons&layers=8,8&optimiser=adam&learning_rate=0.03&noise=50&share=10",
        asks="The moons are blurred until they overlap; only 24 of 240 examples train. How many of "
        "these 24 does it get right after 400 epochs?",
        epochs=400,
        right=2,
        because="It learns all of them by heart, noise included. The hollow points, which it never "
        "saw, tell how much that is worth: look how many lie on the wrong colour.",
        links=(("lab/early_stopping.html", "Early stopping, measured"),),
    ),
)
