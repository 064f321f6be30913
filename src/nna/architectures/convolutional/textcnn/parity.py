"""TextCNN against its equations, word by word in NumPy."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.convolutional.textcnn.model import TextCNN
from nna.architectures.convolutional.textcnn.spec import SPEC


def equations() -> dict[str, float]:
    """Texts with padding inside and at the end, every bias stirred."""
    torch.manual_seed(0)
    model = TextCNN(SPEC.tiny)
    agreement.unsettle(model)
    tokens = torch.randint(SPEC.tiny.vocab, (4, SPEC.tiny.length))
    tokens[0, 4:] = 0
    return agreement.equations(model, _scores, {"tokens": tokens})


def _scores(p: dict[str, np.ndarray], tokens: np.ndarray) -> np.ndarray:
    scores = []
    rim = np.zeros((max(SPEC.tiny.kernels), SPEC.tiny.width))
    for text in tokens:
        known = [p["stem.weight"][[word]] if word else rim[:1] for word in text]  # 0 is padding
        words = np.concatenate([rim, *known, rim])
        kept = []
        for layer, kernel in enumerate(SPEC.tiny.kernels):
            weight, bias = p[f"body.{layer}.weight"], p[f"body.{layer}.bias"]
            for unit in range(SPEC.tiny.units):
                strongest = 0.0
                for start in range(len(words) - kernel + 1):
                    window = words[start : start + kernel]
                    found = sum(weight[unit, :, i] @ window[i] for i in range(kernel)) + bias[unit]
                    strongest = max(strongest, found)
                kept.append(strongest)
        scores.append(p["head.weight"] @ np.array(kept) + p["head.bias"])
    return np.stack(scores)
