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
    x, noise = torch.randn(8, 5), torch.randn(8, 3)
    results: list[list[Tensor]] = []
    for side in (ours, dense):
        given = x.clone().requires_grad_()
        out = side(given)
        slope = torch.autograd.grad((out * noise).mean(), [given, *side.parameters()])
        results.append([out.detach(), *slope])
    assert float((results[0][0][0] - results[0][0][1]).abs().max()) > agreement.HEARD
    names = {key: at for at, (key, _) in enumerate(ours.named_parameters(), start=2)}
    theirs = {key: at for at, (key, _) in enumerate(dense.named_parameters(), start=2)}
    gaps = []
    for number, layer in enumerate(layers):
        mine = results[0][names[f"body.{2 * number}.weight"]]
        full = results[1][theirs[f"{2 * number}.weight_orig"]]
        gaps.append(float((mine - full[layer.target, layer.source]).abs().max()))
    return {
        "outputs": float((results[0][0] - results[1][0]).abs().max()),
        "input gradients": float((results[0][1] - results[1][1]).abs().max()),
        "parameter gradients": max(gaps),
    }


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
