"""CoAtNet against timm's, and its attention against loops."""

import numpy as np
import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.hybrid.coatnet.model import CoAtNet, RelativeAttention
from nna.architectures.hybrid.coatnet.spec import HEAD, Config
from nna.architectures.hybrid.coatnet.weights import RULES


def theirs(config: Config) -> nn.Module:
    """Timm's network of these sizes, without weights."""
    reference.torchvision()  # timm imports it
    from timm.models.maxxvit import MaxxVit, MaxxVitCfg

    sizes = MaxxVitCfg(
        embed_dim=config.widths,
        depths=config.depths,
        stem_width=config.stem,
        head_hidden_size=config.widths[-1],
    )
    return MaxxVit(
        sizes,
        img_size=config.side,
        in_chans=config.channels,
        num_classes=config.classes,
        drop_path_rate=config.drop_path,
    )


def timm() -> dict[str, float]:
    """Depths of size 0 and some of its own, narrow; the greater of the two differences."""
    gaps: dict[str, float] = {}
    for config in (
        Config(depths=(2, 2, 2, 2), widths=(8, 16, 32, 64), stem=8, side=64, classes=7),
        Config(
            depths=(1, 2, 1, 2), widths=(12, 8, 64, 32), stem=6, side=96,
            drop_path=0.1, channels=2, classes=5,
        ),
    ):  # fmt: skip
        torch.manual_seed(0)
        reference_model, image = theirs(config), torch.randn(3, config.channels, *[config.side] * 2)
        agreement.unsettle(reference_model)
        agreement.settle(reference_model, image)
        found = agreement.modules(CoAtNet(config), reference_model, {"image": image}, RULES)
        gaps = agreement.worst(gaps, found)
    return gaps


class Attended(nn.Module):
    """Attention as the network has it, alone, with biases that count."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = RelativeAttention(5, 2 * HEAD, side=3)
        nn.init.normal_(self.attention.table)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """What is attended to at every place."""
        return self.attention(image)


def equations() -> dict[str, float]:
    """Equation 3 with queries, keys and values, place by place, without looking at model.py."""
    torch.manual_seed(0)
    model = Attended()
    agreement.unsettle(model)
    return agreement.equations(model, naive, {"image": torch.randn(2, 5, 3, 3)})


def naive(params: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    """Loops over heads and pairs of places."""
    batch, _, side, _ = image.shape
    weight, bias = params["attention.qkv.weight"][:, :, 0, 0], params["attention.qkv.bias"]
    table = params["attention.table"].reshape(2 * side - 1, 2 * side - 1, -1)
    places = [(row, column) for row in range(side) for column in range(side)]
    out = np.zeros((batch, len(bias) // 3, side, side))
    for head in range(len(bias) // 3 // HEAD):
        rows = slice(3 * HEAD * head, 3 * HEAD * (head + 1))
        for example in range(batch):
            read = {at: weight[rows] @ image[example][:, at[0], at[1]] + bias[rows]
                    for at in places}  # fmt: skip
            for i in places:
                scores = np.array([
                    read[i][:HEAD] @ read[j][HEAD : 2 * HEAD] / np.sqrt(HEAD)
                    + table[i[0] - j[0] + side - 1, i[1] - j[1] + side - 1, head]
                    for j in places
                ])  # fmt: skip
                shares = np.exp(scores) / np.exp(scores).sum()
                total = sum(a * read[j][2 * HEAD :] for a, j in zip(shares, places, strict=True))
                out[example, HEAD * head : HEAD * (head + 1), i[0], i[1]] = total
    proj, shift = params["attention.proj.weight"][:, :, 0, 0], params["attention.proj.bias"]
    return np.einsum("oc,bchw->bohw", proj, out) + shift[:, None, None]
