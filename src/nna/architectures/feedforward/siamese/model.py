"""Siamese network: two inputs pass through the same network, and their outputs are compared.

Bromley, Guyon, LeCun, Säckinger, Shah. Signature Verification using a "Siamese" Time Delay Neural
Network. NIPS 1993.

Answers: a classifier has an output for each class that it was trained on, and none for a new
one. Trained to compare instead, a network gives a distance that also holds between inputs of
classes it never saw; and as both branches have the same weights, the distance is symmetric.

Departs from the paper: `forward` is one branch, since applying it twice is the other. It gives
the feature vector at length one, so that the distance of two is the paper's cosine, read another
way: d^2 = 2 - 2 cos. Plain tanh; the contrastive loss of 2006 (`nna.objectives`).

Shapes: b examples; n_in and n_out channels, t_in and t_out steps of a layer; embedding numbers.
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.feedforward.siamese.spec import Config


class TimeDelay(nn.Module):
    """Units that see some steps of all channels, the same weights at every place in time."""

    def __init__(self, n_in: int, n_out: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.window = nn.Conv1d(n_in, n_out, kernel, stride)
        nn.init.xavier_uniform_(self.window.weight, nn.init.calculate_gain("tanh"))
        nn.init.zeros_(self.window.bias)  # type: ignore[arg-type]

    def forward(self, x: Float[Tensor, "b n_in t_in"]) -> Float[Tensor, "b n_out t_out"]:
        return self.window(x).tanh()


class Siamese(nn.Module):
    """One branch: time-delay layers, whose last units, at length one, are the feature vector."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if len(config.widths) != len(config.kernels):
            raise ValueError(f"widths {config.widths} and kernels {config.kernels}: one a layer")
        if min(config.lengths) < 1:
            raise ValueError(
                f"{config.steps} steps are too few for kernels {config.kernels} at stride "
                f"{config.stride}"
            )
        self.body = nn.Sequential()
        n_in = config.channels
        for n_out, kernel in zip(config.widths, config.kernels, strict=True):
            self.body.append(TimeDelay(n_in, n_out, kernel, config.stride))
            n_in = n_out

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b embedding"]:
        features = self.body(series.transpose(1, 2)).flatten(1)
        return F.normalize(features, dim=1)
