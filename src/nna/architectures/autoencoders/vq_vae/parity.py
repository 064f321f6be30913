"""The VQ-VAE and its loss in NumPy, gradients as the paper defines them, and another quantiser.

A code doesn't change when an example moves a little, so differences of what comes out are zero:
gradients are the paper's by definition. The naive side therefore holds fixed, at where it is first
called, what the paper calls constant: the step from z_e to z_q, and whatever stands within sg.
"""

import contextlib
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.autoencoders.vq_vae.model import VQVAE
from nna.architectures.autoencoders.vq_vae.objective import Averages, VectorQuantised
from nna.architectures.autoencoders.vq_vae.spec import Config
from nna.learning.base import Batch

Parameters = dict[str, np.ndarray]

CONFIG = Config(channels=2, side=8, width=5, blocks=1, codebook=6, code=3)


def _built() -> tuple[VQVAE, torch.Tensor]:
    torch.manual_seed(0)
    model = VQVAE(CONFIG)
    agreement.unsettle(model)
    with torch.no_grad():  # so far apart that several vectors are chosen
        model.encoder.get_parameter("5.weight").mul_(12)
    return model, torch.randn(3, CONFIG.channels, CONFIG.side, CONFIG.side)


def _conv(x: np.ndarray, weight: np.ndarray, bias: Any, stride: int, pad: int) -> np.ndarray:
    """One image `(c, h, w)`, a kernel's place at a time."""
    side, x = weight.shape[2], np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    rows, columns = ((n - side) // stride + 1 for n in x.shape[1:])
    out = np.zeros((len(weight), rows, columns))
    for i, j in np.ndindex(rows, columns):
        seen = x[:, i * stride : i * stride + side, j * stride : j * stride + side]
        out[:, i, j] = (weight * seen).sum((1, 2, 3)) + bias
    return out


def _turned(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """A transposed convolution, kernel 4, stride 2: every number paints its kernel."""
    _, rows, columns = x.shape
    out = np.zeros((weight.shape[1], 2 * rows + 2, 2 * columns + 2))
    for i, j in np.ndindex(rows, columns):
        painted = (weight * x[:, i, j, None, None, None]).sum(0)
        out[:, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4] += painted
    return out[:, 1:-1, 1:-1] + bias[:, None, None]


def _bent(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def _residual(p: Parameters, name: str, x: np.ndarray) -> np.ndarray:
    inner = _conv(_bent(x), p[f"{name}.conv1.weight"], 0.0, 1, 1)
    return x + _conv(_bent(inner), p[f"{name}.conv2.weight"], 0.0, 1, 0)


def _encoded(p: Parameters, x: np.ndarray) -> np.ndarray:
    x = _bent(_conv(x, p["encoder.0.weight"], p["encoder.0.bias"], 2, 1))
    x = _conv(x, p["encoder.2.weight"], p["encoder.2.bias"], 2, 1)
    x = _bent(_residual(p, "encoder.3", x))
    return _conv(x, p["encoder.5.weight"], p["encoder.5.bias"], 1, 0)


def _decoded(p: Parameters, z: np.ndarray) -> np.ndarray:
    x = _residual(p, "decoder.1", _conv(z, p["decoder.0.weight"], p["decoder.0.bias"], 1, 1))
    x = _bent(_turned(_bent(x), p["decoder.3.weight"], p["decoder.3.bias"]))
    return _turned(x, p["decoder.5.weight"], p["decoder.5.bias"])


def _nearest(p: Parameters, z: np.ndarray) -> np.ndarray:
    """The number of the nearest vector at every place."""
    codes = np.zeros(z.shape[1:], int)
    for place in np.ndindex(codes.shape):
        codes[place] = np.argmin([((z[:, *place] - e) ** 2).sum() for e in p["codebook"]])
    return codes


@dataclass
class _Held:
    """What is constant for gradients, as it was at the first call: of each example."""

    z_e: list[np.ndarray] = field(default_factory=list)
    codes: list[np.ndarray] = field(default_factory=list)
    z_q: list[np.ndarray] = field(default_factory=list)

    def begin(self, p: Parameters, image: np.ndarray) -> None:
        if not self.z_e:
            self.z_e = [_encoded(p, x) for x in image]
            self.codes = [_nearest(p, z) for z in self.z_e]
            self.z_q = [p["codebook"][codes].transpose(2, 0, 1) for codes in self.codes]


def equations() -> dict[str, float]:
    """Images given back, and straight-through gradients; none reaches the codebook."""
    model, image = _built()
    held = _Held()

    def naive(p: Parameters, image: np.ndarray) -> np.ndarray:
        held.begin(p, image)
        steps = zip(image, held.z_e, held.z_q, strict=True)
        return np.stack([_decoded(p, _encoded(p, x) + z_q - z_e) for x, z_e, z_q in steps])

    return agreement.equations(model, naive, {"image": image}, ("codebook",))


class _Loss(nn.Module):
    """The objective's loss of a batch, as what comes out."""

    def __init__(self, model: VQVAE, aim: VectorQuantised) -> None:
        super().__init__()
        self.model, self.aim = model, aim

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """`(1,)`."""
        return self.aim.loss(self.model, Batch({"image": image}))[0][None]


def losses() -> dict[str, float]:
    """Equation 3, and its gradients by every parameter and the image; then a step of averages."""
    gaps: dict[str, float] = {}
    for beta in (0.25, 2.0):
        model, image = _built()
        held = _Held()

        def naive(
            p: Parameters, image: np.ndarray, held: _Held = held, beta: float = beta
        ) -> np.ndarray:
            own = {name.removeprefix("model."): of for name, of in p.items()}
            held.begin(own, image)
            terms = []
            for x, z_e, codes, z_q in zip(image, held.z_e, held.codes, held.z_q, strict=True):
                z = _encoded(own, x)
                error = ((_decoded(own, z + z_q - z_e) - x) ** 2).mean()
                chosen = own["codebook"][codes].transpose(2, 0, 1)
                terms.append(error + ((chosen - z_e) ** 2).mean() + beta * ((z - z_q) ** 2).mean())
            return np.array([np.mean(terms)])

        aim = VectorQuantised(commitment=beta)
        found = agreement.equations(_Loss(model, aim), naive, {"image": image})
        gaps = agreement.worst(gaps, {f"{name} of the loss": gap for name, gap in found.items()})
    return agreement.worst(gaps, _averages())


def _averages() -> dict[str, float]:
    """The codebook after two batches of moving averages: appendix A.1, equations 6 to 8."""
    torch.manual_seed(0)
    codebook, decay = torch.randn(4, 3, dtype=torch.float64), 0.7
    state = Averages(codebook)
    counts, sums = np.ones(4), codebook.numpy().copy()
    ours = codebook
    for _ in range(2):
        z_e, codes = torch.randn(5, 3, 2, 2, dtype=torch.float64), torch.randint(3, (5, 2, 2))
        ours = state.follow(codes, z_e, decay)
        for k in range(4):
            chose = (codes == k).numpy()
            counts[k] = decay * counts[k] + (1 - decay) * chose.sum()
            mine = z_e.movedim(1, -1).numpy()[chose].sum(0)
            sums[k] = decay * sums[k] + (1 - decay) * mine
    return {"learnt codebook by averages": agreement.gap(ours, sums / (counts + 1e-5)[:, None])}


def quantisers() -> dict[str, float]:
    """Codes, vectors, straight-through gradients and the two terms of the loss.

    Theirs weighs the codebook's term by beta, not the encoder's, as many programs do: at 1 the two
    are the same, and each term's gradient is compared by itself.
    """
    with contextlib.suppress(ImportError):
        reference.torchvision()  # transformers imports it wherever it is installed
    from transformers.models.chameleon.modeling_chameleon import ChameleonVQVAEVectorQuantizer

    model, _ = _built()
    config: Any = SimpleNamespace(num_embeddings=6, embed_dim=3, beta=1.0)
    theirs = ChameleonVQVAEVectorQuantizer(config)
    with torch.no_grad():
        theirs.embedding.weight.copy_(model.codebook)
    z = torch.randn(3, 3, 4, 4)
    one, other = (z.clone().requires_grad_() for _ in range(2))
    codes = model.codes(one)
    mine = model.vectors(codes)
    passed = one + (mine - one).detach()
    out, loss, numbers = theirs(other)
    noise = torch.randn(z.shape)
    own = nn.functional.mse_loss(mine, one.detach()) + nn.functional.mse_loss(one, mine.detach())
    ours = torch.autograd.grad((passed * noise).sum() + own, [one, model.codebook])
    slopes = torch.autograd.grad((out * noise).sum() + loss, [other, theirs.embedding.weight])
    return {
        "codes": agreement.gap(codes.flatten(), numbers),
        "vectors": agreement.gap(passed, out),
        "loss": agreement.gap(own.reshape(1), loss.reshape(1)),
        "input gradients": agreement.gap(ours[0], slopes[0]),
        "parameter gradients": agreement.gap(ours[1], slopes[1]),
    }
