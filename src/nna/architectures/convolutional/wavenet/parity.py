"""WaveNet against its equations, sample by sample in NumPy."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.convolutional.wavenet.model import WaveNet
from nna.architectures.convolutional.wavenet.spec import SPEC


def equations() -> dict[str, float]:
    """Two cycles of two layers; every bias stirred."""
    torch.manual_seed(0)
    model = WaveNet(SPEC.tiny)
    agreement.unsettle(model)
    tokens = torch.randint(SPEC.tiny.vocab, (2, SPEC.tiny.length))
    unread = (rf"^body\.{len(model.body) - 1}\.residual\.",)  # what the last layer would pass on
    return agreement.equations(model, _scores, {"tokens": tokens}, silent=unread)


def _scores(p: dict[str, np.ndarray], tokens: np.ndarray) -> np.ndarray:
    scores = []
    for sound in tokens:
        x = [p["stem.weight"][sample] for sample in sound]
        skips = [np.zeros(SPEC.tiny.units) for _ in sound]
        for i in range(SPEC.tiny.cycles * SPEC.tiny.layers):
            name, dilation = f"body.{i}", 2 ** (i % SPEC.tiny.layers)
            after = []
            for t, now in enumerate(x):
                before = x[t - dilation] if t >= dilation else np.zeros_like(now)
                found = np.tanh(_two(p, f"{name}.filter", before, now))
                open_ = 1 / (1 + np.exp(-_two(p, f"{name}.gate", before, now)))
                z = found * open_
                skips[t] = skips[t] + _one(p, f"{name}.skip", z)
                after.append(now + _one(p, f"{name}.residual", z))
            x = after
        rows = [_one(p, "head.1", np.maximum(s, 0)) for s in skips]
        scores.append(np.stack([_one(p, "head.3", np.maximum(row, 0)) for row in rows]))
    return np.stack(scores)


def _one(p: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    return p[f"{name}.weight"][:, :, 0] @ x + p[f"{name}.bias"]


def _two(p: dict[str, np.ndarray], name: str, before: np.ndarray, now: np.ndarray) -> np.ndarray:
    weight = p[f"{name}.weight"]
    return weight[:, :, 0] @ before + weight[:, :, 1] @ now + p[f"{name}.bias"]
