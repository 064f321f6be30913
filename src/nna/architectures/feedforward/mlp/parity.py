"""The multilayer perceptron beside scikit-learn's, and beside the paper's equations 1 and 2."""

import warnings
from math import exp, tanh

import numpy as np
import torch
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from torch.nn.functional import cross_entropy

from nna import agreement, weights
from nna.architectures.feedforward.mlp.model import MLP
from nna.architectures.feedforward.mlp.spec import Config

ACTIVATIONS = {"sigmoid": lambda x: 1 / (1 + exp(-x)), "tanh": tanh, "relu": lambda x: max(x, 0.0)}


def scikit_learn() -> dict[str, float]:
    """Class probabilities with its weights in our model, and the gradient that its step betrays."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40, 6)), np.arange(40) % 3
    gaps: dict[str, float] = {}
    for activation in ("sigmoid", "tanh", "relu"):
        config = Config(features=6, hidden=(9, 8), classes=3, activation=activation)
        theirs = MLPClassifier(
            config.hidden,
            activation="logistic" if activation == "sigmoid" else activation,
            solver="sgd",
            learning_rate_init=1.0,
            momentum=0.0,
            alpha=0.0,
            max_iter=1,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            theirs.fit(x, y)
        before, model = _parameters(theirs), MLP(config).double()
        weights.load_exactly(model, dict(zip(model.state_dict(), before, strict=True)))
        scores = model(torch.as_tensor(x))
        probabilities = softmax(scores.detach().numpy(), axis=1)
        found = [{"outputs": agreement.gap(probabilities, theirs.predict_proba(x))}]
        cross_entropy(scores, torch.as_tensor(y)).backward()
        theirs.partial_fit(x, y)  # one plain step of rate 1: what it takes away is the gradient
        for ours, was, now in zip(model.parameters(), before, _parameters(theirs), strict=True):
            assert ours.grad is not None
            found.append({"parameter gradients": agreement.gap(ours.grad, was - now)})
        gaps = agreement.worst(gaps, *found)
    return gaps


def _parameters(theirs: MLPClassifier) -> list[torch.Tensor]:
    """Copies of weight and bias, layer by layer, in our order and orientation."""
    layers = zip(theirs.coefs_, theirs.intercepts_, strict=True)
    return [torch.tensor(array.T) for layer in layers for array in layer]


def equations() -> dict[str, float]:
    """One unit after the other: the sum over what reaches it, then the activation."""
    gaps: dict[str, float] = {}
    for activation in ("sigmoid", "tanh", "relu"):
        activate = ACTIVATIONS[activation]

        def naive(
            params: dict[str, np.ndarray], table: np.ndarray, activate=activate
        ) -> np.ndarray:
            out = []
            for y in table.tolist():
                for i in range(2):
                    y = [activate(x) for x in _sums(params, f"body.{i}.linear", y)]
                out.append(_sums(params, "head", y))
            return np.array(out)

        torch.manual_seed(0)
        model = MLP(Config(features=5, hidden=(7, 6), classes=3, activation=activation))
        agreement.unsettle(model)
        inputs = {"table": torch.randn(4, 5, generator=torch.Generator().manual_seed(1))}
        gaps = agreement.worst(gaps, agreement.equations(model, naive, inputs))
    return gaps


def _sums(params: dict[str, np.ndarray], name: str, y: list[float]) -> list[float]:
    weight, bias = params[f"{name}.weight"], params[f"{name}.bias"]
    return [sum(w[i] * v for i, v in enumerate(y)) + bias[j] for j, w in enumerate(weight)]
