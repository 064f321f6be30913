"""Neural-network architectures: code, knowledge and measurements. Importing this is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.registry import build, describe, names, register

if TYPE_CHECKING:
    from nna.figures import figure
    from nna.stated import card
    from nna.workbench.api import compare, recommend
    from nna.workbench.estimators.classifier import Classifier
    from nna.workbench.estimators.detector import AnomalyDetector
    from nna.workbench.estimators.embedder import Embedder
    from nna.workbench.estimators.forecaster import Forecaster
    from nna.workbench.estimators.regressor import Regressor
    from nna.workbench.prediction.photographs import prepare
    from nna.workbench.prediction.predict import load
    from nna.workbench.prediction.pretrained import pretrained
    from nna.workbench.seeds import train_seeds
    from nna.workbench.train import train

__all__ = [
    "AnomalyDetector",
    "Classifier",
    "Embedder",
    "Forecaster",
    "Regressor",
    "build",
    "card",
    "compare",
    "describe",
    "figure",
    "load",
    "names",
    "prepare",
    "pretrained",
    "recommend",
    "register",
    "train",
    "train_seeds",
]

_LAZY = {
    "AnomalyDetector": "nna.workbench.estimators.detector",
    "Embedder": "nna.workbench.estimators.embedder",
    "card": "nna.stated",
    "compare": "nna.workbench.api",
    "figure": "nna.figures",
    "recommend": "nna.workbench.api",
    "Classifier": "nna.workbench.estimators.classifier",
    "Forecaster": "nna.workbench.estimators.forecaster",
    "Regressor": "nna.workbench.estimators.regressor",
    "load": "nna.workbench.prediction.predict",
    "prepare": "nna.workbench.prediction.photographs",
    "pretrained": "nna.workbench.prediction.pretrained",
    "train": "nna.workbench.train",
    "train_seeds": "nna.workbench.seeds",
}


def __getattr__(name: str) -> object:
    """Import what needs torch only when it is asked for."""
    if name in _LAZY:
        import importlib

        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'nna' has no attribute {name!r}")
