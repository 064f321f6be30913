"""The mixture of experts beside Mixtral's, and beside the paper's equations expert by expert."""

from math import erf, exp, log1p, sqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.feedforward.moe.model import MoE
from nna.architectures.feedforward.moe.spec import Config


def _stirred(config: Config) -> MoE:
    """A mixture whose gate prefers somebody, and whose biases aren't zero."""
    torch.manual_seed(0)
    model = MoE(config)
    for parameter in (*model.gate.parameters(), model.enter_bias, model.leave_bias):
        nn.init.normal_(parameter, std=0.5)
    return model


def mixtral() -> dict[str, float]:
    """Routing and experts of Mixtral's block, asking one, two and four of six.

    Its experts compute W2 (act(W1 x) * W3 x). With ReLU, a constant one behind every x, and W3 that
    reads nothing but this constant, they are plain ReLU layers, and the constant's weights their
    biases; a further hidden unit reads it as well and carries the output's biases.
    """
    reference.torchvision()
    from transformers import MixtralConfig
    from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock

    features, hidden, experts = 6, 9, 6
    gaps: dict[str, float] = {}
    for k in (1, 2, 4):
        config = Config(
            features=features, hidden=hidden, classes=features + 1, experts=experts, top_k=k
        )
        ours = _stirred(config).eval()
        theirs: Any = MixtralSparseMoeBlock(
            MixtralConfig(
                hidden_size=features + 1,
                intermediate_size=hidden + 1,
                num_local_experts=experts,
                num_experts_per_tok=k,
                hidden_act="relu",
            )
        ).eval()
        with torch.no_grad():
            for parameter in theirs.parameters():
                parameter.zero_()
            theirs.gate.weight[:, :features] = ours.gate.weight.T
            first, second = theirs.experts.gate_up_proj.chunk(2, dim=1)
            first[:, :hidden, :features] = ours.enter.transpose(1, 2)
            first[:, :hidden, features] = ours.enter_bias
            first[:, hidden, features] = 1
            second[:, :, features] = 1
            theirs.experts.down_proj[:, :, :hidden] = ours.leave.transpose(1, 2)
            theirs.experts.down_proj[:, :, hidden] = ours.leave_bias
        x, noise = torch.randn(8, features), torch.randn(8, features + 1)
        constant = torch.ones(8, 1)

        def block(x: Tensor, theirs: nn.Module = theirs, one: Tensor = constant) -> Tensor:
            return theirs(torch.cat([x, one], dim=1)[None])[0]

        results = []
        for side in (ours, block):
            given = x.clone().requires_grad_()
            out = side(given)
            slope = torch.autograd.grad((out * noise).sum(), given)
            results.append((out.detach(), *slope))
        names = ("outputs", "input gradients")
        found = {key: agreement.gap(*pair) for key, *pair in zip(names, *results, strict=True)}
        gaps = agreement.worst(gaps, found)
    return gaps


def equations() -> dict[str, float]:
    """Equations 1 to 5 without noise; importance (6) and load (8 to 10) with the noise as drawn."""
    config = Config(features=5, hidden=7, classes=3, experts=6, top_k=2)
    model = _stirred(config)
    x = torch.randn(9, 5, generator=torch.Generator().manual_seed(1))
    gaps = agreement.equations(model, _mixture, {"table": x}, (r"^gate\.noise$",), training=False)
    model.double().train()
    torch.manual_seed(2)
    _, importance, load = model(x.double())
    torch.manual_seed(2)
    drawn = torch.randn(9, 6, dtype=torch.float64).numpy()
    params = {key: value.detach().numpy() for key, value in model.state_dict().items()}
    expected = _statistics(params, x.double().numpy(), drawn)
    for key, ours, theirs in zip(("importance", "load"), (importance, load), expected, strict=True):
        gaps[key] = agreement.gap(ours, theirs)
    return gaps


def _gates(h: np.ndarray) -> np.ndarray:
    """Softmax over the two greatest of one example's values; zero elsewhere."""
    best = sorted(range(len(h)), key=lambda i: -h[i])[:2]
    total = sum(exp(h[i]) for i in best)
    return np.array([exp(h[i]) / total if i in best else 0.0 for i in range(len(h))])


def _mixture(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
    out = np.zeros((len(table), 3))
    for row, x in enumerate(table):
        for i, gate in enumerate(_gates(x @ params["gate.weight"])):
            hidden = np.maximum(x @ params["enter"][i] + params["enter_bias"][i], 0)
            out[row] += gate * (hidden @ params["leave"][i] + params["leave_bias"][i])
    return out


def _statistics(
    params: dict[str, np.ndarray], table: np.ndarray, drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    importance, load = np.zeros(6), np.zeros(6)
    for x, normal in zip(table, drawn, strict=True):
        clean = x @ params["gate.weight"]
        spread = [log1p(exp(v)) for v in x @ params["gate.noise"]]
        noisy = clean + normal * spread
        importance += _gates(noisy)
        for i in range(6):
            bar = sorted((noisy[j] for j in range(6) if j != i), reverse=True)[1]
            load[i] += (1 + erf((clean[i] - bar) / spread[i] / sqrt(2))) / 2
    return importance, load
