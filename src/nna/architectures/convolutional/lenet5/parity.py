"""LeNet-5 against a second derivation of the printed network, and against plain torch layers."""

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement, reference, registry
from nna.architectures.convolutional.lenet5.model import TABLE
from nna.architectures.convolutional.lenet5.spec import SPEC
from nna.spec import Rename

LAYERS = ("body.c1.0", "body.c3.0", "body.c5.0", "f6.0", "head")  # of the simplified network


def _activation(a: np.ndarray) -> np.ndarray:
    return 1.7159 * np.tanh(a * 2 / 3)


def _correlate(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """One map (h, w) under one 5x5 kernel."""
    return reference.convolved(x[None], kernel[None, None])[0]


def _subsample(maps: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    sums = maps[:, 0::2, 0::2] + maps[:, 0::2, 1::2] + maps[:, 1::2, 0::2] + maps[:, 1::2, 1::2]
    return _activation(weight * sums + bias)


def _naive(parameters: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    """Figure 2, layer by layer, one picture and one map at a time."""
    p, rows = parameters, []
    for picture in image:
        w, b = p["body.c1.0.weight"], p["body.c1.0.bias"]
        c1 = _activation(np.stack([_correlate(picture[0], w[i, 0]) + b[i] for i in range(6)]))
        s2 = _subsample(c1, p["body.s2.0.weight"], p["body.s2.0.bias"])
        w, b, c3, at = p["body.c3.0.weight"], p["body.c3.0.bias"], [], 0
        for i, maps in enumerate(TABLE):
            kernels = w[at : at + len(maps)]
            at += len(maps)
            reads = [_correlate(s2[j], k) for j, k in zip(maps, kernels, strict=True)]
            c3.append(np.sum(reads, axis=0) + b[i])
        s4 = _subsample(_activation(np.stack(c3)), p["body.s4.0.weight"], p["body.s4.0.bias"])
        w, b = p["body.c5.0.weight"], p["body.c5.0.bias"]
        c5 = _activation(np.array([np.sum(w[i] * s4) + b[i] for i in range(120)]))
        f6 = _activation(p["f6.0.weight"] @ c5 + p["f6.0.bias"])
        rows.append([-np.sum((f6 - bitmap) ** 2) for bitmap in p["head.bitmaps"]])
    return np.array(rows)


def printed() -> dict[str, float]:
    """The 1998 variant against the equations."""
    torch.manual_seed(0)
    model = registry.construct("lenet5", SPEC.variants["1998"].config)
    agreement.unsettle(model)
    for parameter in model.get_submodule(
        "body"
    ).parameters():  # so that the pictures are heard at the end
        parameter.data.mul_(4)
    return agreement.equations(model, _naive, {"image": torch.randn(2, 1, 32, 32)})


class _ScaledTanh(nn.Tanh):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input / 1.5) * 1.7159


def sequential() -> dict[str, float]:
    """Both simplified variants against the layers that tutorials write down."""
    gaps: dict[str, float] = {}
    for variant, activation, pool in (
        ("simplified", _ScaledTanh, nn.AvgPool2d),
        ("desk", nn.ReLU, nn.MaxPool2d),
    ):
        torch.manual_seed(0)
        layers = nn.Sequential(
            nn.Conv2d(1, 6, 5), activation(), pool(2),
            nn.Conv2d(6, 16, 5), activation(), pool(2),
            nn.Conv2d(16, 120, 5), activation(), nn.Flatten(),
            nn.Linear(120, 84), activation(), nn.Linear(84, 10),
        )  # fmt: skip
        model = registry.construct("lenet5", SPEC.variants[variant].config)
        affine = [key for key in layers.state_dict() if key.endswith("weight")]
        rules = [
            Rename(rf"^{key.split('.')[0]}\.", f"{layer}.")
            for key, layer in reversed([*zip(affine, LAYERS, strict=True)])
        ]
        inputs = {"image": torch.randn(4, 1, 32, 32)}
        gaps = agreement.worst(gaps, agreement.modules(model, layers, inputs, rules))
    return gaps
