"""The Mark I beside scikit-learn's perceptron, and beside its wires counted one by one."""

import numpy as np
import torch
from sklearn.linear_model import Perceptron as Reference

from nna import agreement
from nna.architectures.feedforward.mark_i.model import MarkI
from nna.architectures.feedforward.mark_i.spec import VARIANTS
from nna.learning.base import Batch, Turn
from nna.objectives.perceptron_rule import PerceptronRule


def _pictures(number: int) -> torch.Tensor:
    """Noise, blurred so that neighbouring photocells are alike."""
    noise = torch.randn(number, 1, 24, 24, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.avg_pool2d(noise, 5, stride=1)


def scikit_learn() -> dict[str, float]:
    """Both learn arbitrary classes of 200 pictures, in one order: whole numbers, so to the bit."""
    pictures = _pictures(200)
    gaps: dict[str, float] = {}
    for name, variant in VARIANTS.items():
        torch.manual_seed(0)
        model = MarkI(variant.config).double()
        labels = torch.arange(200) % variant.config.classes
        batch = Batch({"retina": pictures.double()}, {"y": labels})
        fed = model.hidden(batch.x).numpy()
        theirs = Reference(fit_intercept=False, shuffle=False)
        for _ in range(3):
            theirs.partial_fit(fed, labels.numpy(), classes=np.unique(labels.numpy()))
            PerceptronRule().step(model, {}, batch, Turn(lambda *_: None, 1.0, progress=0.0))
        weight, scores = model.linear.weight.detach().numpy(), model(batch.x).detach()
        assert weight.max() > 1, name
        found = {
            "learnt weights": agreement.gap(weight, np.asarray(theirs.coef_)),
            "learnt outputs": agreement.gap(scores, theirs.decision_function(fed)),
        }
        gaps = agreement.worst(gaps, found)
    return gaps


def equations() -> dict[str, float]:
    """At all sizes. No gradient reaches the retina: A-units fire or not."""

    def naive(params: dict[str, np.ndarray], retina: np.ndarray) -> np.ndarray:
        out = np.zeros((len(retina), len(params["linear.weight"])))
        for i, picture in enumerate(retina):
            lit = [cell for cell, light in enumerate(picture.ravel()) if light > 0]
            for unit, wires in enumerate(params["wiring"]):
                if sum(wires[cell] for cell in lit) >= 1:
                    out[i] += params["linear.weight"][:, unit]
        return out

    gaps: dict[str, float] = {}
    for variant in VARIANTS.values():
        torch.manual_seed(0)
        model = MarkI(variant.config)
        torch.nn.init.normal_(model.linear.weight)
        gaps = agreement.worst(
            gaps, agreement.equations(model, naive, {"retina": _pictures(3)}, ("retina",))
        )
    return gaps
