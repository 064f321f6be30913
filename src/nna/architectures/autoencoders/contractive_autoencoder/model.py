"""Contractive autoencoder (CAE): the code may not move when the example does.

Rifai, Vincent, Muller, Glorot, Bengio. Contractive Auto-Encoders: Explicit Invariance During
Feature Extraction. ICML 2011; a longer text is arXiv:1104.4153.

Answers: a wide code copies, and a denoising autoencoder forbids it only by chance, noise draw by
noise draw, and for the whole map from example to reconstruction. Here the sensitivity of the code
itself is penalised, the squared norm of the encoder's Jacobian, which for one layer of logistic
units is a sum that costs no more than the forward pass. The loss is in `objective.py`.

Departs from the paper: weights start as Glorot's.

Shapes: b examples, d features, k numbers a code.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.autoencoders.contractive_autoencoder.spec import Config


class ContractiveAutoencoder(nn.Module):
    """Encoder of one layer; the decoder has its weights, turned (tied weights)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.features, config.code) < 1:
            raise ValueError("features and code must each be at least 1")
        self.activation, self.output = config.activation, config.output
        self.encoder = nn.Sequential(nn.Linear(config.features, config.code))
        if config.activation == "logistic":
            self.encoder.append(nn.Sigmoid())
        self.bias = nn.Parameter(torch.zeros(config.features))  # b_y
        nn.init.xavier_uniform_(self.weight)
        nn.init.zeros_(self.encoder.get_parameter("0.bias"))  # b_h

    @property
    def weight(self) -> Float[Tensor, "k d"]:
        """W, of the encoder and, turned, of the decoder."""
        return self.encoder.get_parameter("0.weight")

    def forward(self, table: Float[Tensor, "b d"]) -> dict[str, Tensor]:
        code: Float[Tensor, "b k"] = self.encoder(table)  # h = s_f(W x + b_h)
        out = self.decoded(code)
        return {"output": out.sigmoid() if self.output == "logistic" else out, "code": code}

    def decoded(self, code: Float[Tensor, "b k"]) -> Float[Tensor, "b d"]:
        """W' h + b_y: the reconstruction before its nonlinearity."""
        return F.linear(code, self.weight.T, self.bias)

    def contraction(self, code: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """||J_f(x)||^2 = sum_j (h_j (1 - h_j))^2 sum_i W_ji^2, for each example.

        J_f is the Jacobian of the code by the example, k rows of d derivatives.
        """
        slope = code * (1 - code) if self.activation == "logistic" else torch.ones_like(code)
        return slope.square() @ self.weight.square().sum(1)
