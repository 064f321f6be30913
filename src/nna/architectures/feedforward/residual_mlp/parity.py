"""The residual MLP beside the authors' own, and beside its equations written out."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.feedforward.residual_mlp.model import ResidualMLP
from nna.architectures.feedforward.residual_mlp.spec import VARIANTS, Config
from nna.architectures.feedforward.residual_mlp.weights import RULES


def authors() -> dict[str, float]:
    """The package that the authors published, at two sizes; the greater of the two differences."""
    from rtdl_revisiting_models import ResNet

    gaps: dict[str, float] = {}
    for size in ("wide", "deep"):
        config = VARIANTS[size].config
        torch.manual_seed(0)
        theirs = ResNet(
            d_in=config.features,
            d_out=config.classes,
            n_blocks=config.depth,
            d_block=config.width,
            d_hidden_multiplier=float(config.mlp_ratio),
            dropout1=config.dropout,
            dropout2=0.0,
        )
        agreement.unsettle(theirs)
        inputs = {"table": torch.randn(8, config.features)}
        found = agreement.modules(ResidualMLP(config), theirs, inputs, RULES)
        gaps = agreement.worst(gaps, found)
    return gaps


def equations() -> dict[str, float]:
    """Norm by stored statistics, product, cut at zero, product, sum: line by line."""
    config = Config(features=5, depth=3, width=6, mlp_ratio=2, classes=2)

    def dense(params: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
        return x @ params[f"{name}.weight"].T + params[f"{name}.bias"]

    def norm(params: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
        spread = np.sqrt(params[f"{name}.running_var"] + 1e-5)
        x = (x - params[f"{name}.running_mean"]) / spread
        return x * params[f"{name}.weight"] + params[f"{name}.bias"]

    def naive(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        x = dense(params, "stem", table)
        for i in range(config.depth):
            branch = f"body.{i}.branch"
            hidden = dense(params, f"{branch}.fc1", norm(params, f"{branch}.norm", x))
            x = x + dense(params, f"{branch}.fc2", np.maximum(hidden, 0))
        return dense(params, "head", np.maximum(norm(params, "norm", x), 0))

    torch.manual_seed(0)
    model = ResidualMLP(config)
    agreement.unsettle(model)
    table = torch.randn(4, config.features, generator=torch.Generator().manual_seed(1))
    return agreement.equations(model, naive, {"table": table})
