"""Facts about the neural ODE: sizes, sources, where it fits and where it fails."""

from dataclasses import dataclass
from typing import Literal

from nna.spec import (
    Advice,
    Architecture,
    Image,
    Paper,
    Parity,
    Printed,
    Recipe,
    Scores,
    Signature,
    Variant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of the network around the flow, and how the flow is followed."""

    width: int  # maps
    subsampling: int  # convolutions of stride 2 ahead of the flow
    channels: int = 1  # of a picture
    classes: int = 10  # scores that come out
    solver: Literal["rk4", "dopri5"] = "rk4"  # even steps, or as many as the tolerance asks for
    solver_steps: int = 4  # even steps, of four evaluations each
    tolerance: float = 1e-3  # of adaptive steps: error of one, relative and absolute


VARIANTS = {
    # odenet_mnist.py in rtqichen/torchdiffeq; in even steps, so that its costs are fixed.
    "mnist": Variant(
        Config(width=64, subsampling=2),
        208_266,
        paper={
            "params": Printed(
                0.22e6,
                "table 1",
                within=0.06,
                differs="the paper's own layers are not printed; these are the authors' example",
            )
        },
        macs=56_955_776,
        costs_at={"side": 28},
    ),
    "desk": Variant(
        Config(width=16, subsampling=1, solver_steps=2), 9_530, macs=701_600, costs_at={"side": 10}
    ),
}

SPEC = Architecture(
    name="Neural ordinary differential equation",
    limitation="Depth is a whole number; each layer has weights of its own and keeps activations.",
    idea="One field moves the hidden state through time; a solver decides on the steps.",
    paper=Paper(
        title="Neural Ordinary Differential Equations",
        authors="Chen, Rubanova, Bettencourt, Duvenaud",
        year=2018,
        venue="NeurIPS 31",
        arxiv="1806.07366",
    ),
    builds_on=("resnet",),
    inputs={"image": Image(size=28, min_size=8)},
    outputs=Scores(),
    tasks=("classification", "regression"),
    model="model:NeuralODE",
    twin="model_keras:NeuralODE",
    tiny=Config(width=4, subsampling=1, channels=2, classes=3, solver_steps=2),
    variants=VARIANTS,
    recipe=Recipe(
        objective="cross_entropy", epochs=10, learning_rate=5e-3, batch_size=64, schedule="cosine"
    ),
    published_recipe="not printed for the classifier (section 3); the authors' example: SGD with "
    "momentum 0.9, batches of 128, rate 0.1 cut tenfold after 60, 100 and 140 of 160 epochs, "
    "random crops, tolerance 1e-3",
    objectives=("cross_entropy", "squared_error"),
    signature=Signature(
        data="moved_digits",
        metric="accuracy",
        threshold=0.72,
        baseline="logistic regression",
        expected_failure="Turn a line round: curves of one field never cross, so on a line points "
        "keep their order.",
        failure_test="test_a_flow_on_a_line_can_not_turn_it_round",
    ),
    parity=(
        Parity(against="the 3/8 rule, map by map in NumPy", check="parity:equations"),
        Parity(against="the adjoint beside gradients through 96 steps", check="parity:adjoint"),
    ),
    advice=(
        Advice(
            when="observations come at uneven times",
            verdict="yes",
            because="the state is defined at every time, and a solver stops wherever it is asked",
            source="Chen et al. 2018, arXiv:1806.07366, section 5",
        ),
        Advice(
            when="memory for the gradient is short",
            verdict="yes",
            because="the adjoint keeps the end of the curve only, however many steps it took",
            source="Chen et al. 2018, arXiv:1806.07366, section 2 and table 1",
        ),
        Advice(
            when="answers must come fast, or after a fixed time",
            verdict="no",
            because="a solver evaluates the field dozens of times, more as training goes on",
            source="Chen et al. 2018, arXiv:1806.07366, section 3 and figure 3",
        ),
        Advice(
            when="classes lie inside one another and the state has no room to spare",
            verdict="no",
            because="flows keep the topology; a few further dimensions of zeros mend it",
            source="Dupont, Doucet, Teh 2019, arXiv:1904.01681",
        ),
    ),
    waive={
        "fields_vary": "how many steps an adaptive solver takes hangs on the example, and a "
        "variant's costs are exact: none has solver='dopri5', nor a tolerance of its own"
    },
)
