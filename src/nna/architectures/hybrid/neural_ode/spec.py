from dataclasses import dataclass
from typing import Literal

from nna import spec


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
    "mnist": spec.Variant(
        Config(width=64, subsampling=2),
        208_266,
        paper={
            "params": spec.Printed(
                0.22e6,
                "table 1",
                within=0.06,
                differs="the paper's own layers are not printed; these are the authors' example",
            )
        },
        macs=56_955_776,
        costs_at={"side": 28},
    ),
    "desk": spec.Variant(
        Config(width=16, subsampling=1, solver_steps=2), 9_530, macs=701_600, costs_at={"side": 10}
    ),
}

SPEC = spec.Architecture(
    name="Neural ordinary differential equation",
    limitation="Depth is a whole number; each layer has weights of its own and keeps activations.",
    idea="One field moves the hidden state through time; a solver decides on the steps.",
    builds_on=("resnet",),
    inputs={"image": spec.Image(size=28, min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:NeuralODE",
    twin="model_keras:NeuralODE",
    tiny=Config(width=4, subsampling=1, channels=2, classes=3, solver_steps=2),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 10, learning_rate=5e-3, schedule="cosine"),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.72, baseline="logistic regression"),
    parity=(
        spec.Parity("the 3/8 rule, map by map in NumPy", "parity:equations"),
        spec.Parity("the adjoint beside gradients through 96 steps", "parity:adjoint"),
    ),
    waive={
        "fields_vary": "how many steps an adaptive solver takes hangs on the example, and a "
        "variant's costs are exact: none has solver='dopri5', nor a tolerance of its own"
    },
)
