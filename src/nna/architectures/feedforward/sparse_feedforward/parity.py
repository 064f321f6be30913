"""The sparse network beside dense layers behind torch's pruning masks, and beside NumPy."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from nna import agreement
from nna.architectures.feedforward.sparse_feedforward.model import SparseFeedforward, SparseLinear
from nna.architectures.feedforward.sparse_feedforward.spec import Config


def _model() -> SparseFeedforward:
    """Rewired once, so that the lists aren't what they were made as."""
    torch.manual_seed(0)
    model = SparseFeedforward(Config(features=5, hidden=(12, 9), classes=3, connections=2))
    model.rewire(0.5)
    agreement.unsettle(model.head)
    for layer in model.body:
        if isinstance(layer, SparseLinear):
            torch.nn.init.normal_(layer.bias, std=0.3)
    return model


def pruned() -> dict[str, float]:
    """Outputs, and gradients by the inputs and by the weight of every connection."""
    ours, dense = _model(), nn.Sequential()
    layers = [layer for layer in ours.body if isinstance(layer, SparseLinear)]
    for layer in layers:
        full = nn.Linear(layer.n_in, layer.n_out)
        with torch.no_grad():
            full.weight[layer.target, layer.source] = layer.weight
            full.bias.copy_(layer.bias)
        mask = torch.zeros(layer.n_out, layer.n_in)
        mask[layer.target, layer.source] = 1
        dense.extend([prune.custom_from_mask(full, "weight", mask), nn.ReLU()])
    dense.append(ours.head)
    x, noise = torch.randn(8, 5).double(), torch.randn(8, 3).double()
    results: list[list[Tensor]] = []
    for side in (ours, dense):  # in float64: the order of sums is all that differs
        side.double()
        given = x.clone().requires_grad_()
        out = side(given)
        slope = torch.autograd.grad((out * noise).sum(), [given, *side.parameters()])
        results.append([out.detach(), *slope])
    (out, slope, *_), (expected, theirs, *_) = results
    mine, full = (
        dict(zip((key for key, _ in side.named_parameters()), found[2:], strict=True))
        for side, found in zip((ours, dense), results, strict=True)
    )
    last = str(2 * len(layers))
    pairs = [(mine[f"head.{kind}"], full[f"{last}.{kind}"]) for kind in ("weight", "bias")]
    for number, layer in enumerate(layers):
        at = full[f"{2 * number}.weight_orig"][layer.target, layer.source]
        pairs.append((mine[f"body.{2 * number}.weight"], at))
        pairs.append((mine[f"body.{2 * number}.bias"], full[f"{2 * number}.bias"]))
    assert len(pairs) == len(mine)
    gaps = {
        "outputs": agreement.gap(out, expected),
        "input gradients": agreement.gap(slope, theirs),
    }
    return agreement.worst(gaps, *({"parameter gradients": agreement.gap(*p)} for p in pairs))


def equations() -> dict[str, float]:
    """Connection by connection."""
    model = _model()
    x = torch.randn(6, 5, generator=torch.Generator().manual_seed(1))
    return agreement.equations(model, _naive, {"table": x})


def _naive(p: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
    out = []
    for x in table:
        y = x
        for layer in ("body.0", "body.2"):
            sums = p[f"{layer}.bias"].copy()
            lists = zip(
                p[f"{layer}.source"].astype(int),
                p[f"{layer}.target"].astype(int),
                p[f"{layer}.weight"],
                strict=True,
            )
            for source, target, weight in lists:
                sums[target] += weight * y[source]
            y = np.maximum(sums, 0)
        out.append(p["head.weight"] @ y + p["head.bias"])
    return np.stack(out)
