"""WaveNet: predict the next sample of sound through causal convolutions that reach ever further.

van den Oord, Dieleman, Zen, Simonyan, Vinyals, Graves, Kalchbrenner, Senior, Kavukcuoglu. WaveNet:
A Generative Model for Raw Audio. 2016, arXiv:1609.03499.

Answers: a recurrent network must be trained sample after sample, and plain convolutions would need
hundreds of layers to look a few hundred samples back. WaveNet's layers see two samples each, 1, 2,
4, ..., 512 apart: ten layers reach back 1,024 samples, and all predictions of a stretch are
computed, and learnt, at once.

Departs from the paper: the first layer reads one sample, not two, so that the reach is exactly that
of the dilated layers. No conditioning on speaker or text (section 2.5). Where the paper is silent:
widths, biases everywhere, PyTorch's start.

Shapes: b examples, t samples, c = width, s = units; a score at step t is for sample t + 1.
"""

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.convolutional.wavenet.spec import Config


class Layer(nn.Module):
    """z = tanh(W_f * x) sigmoid(W_g * x), and from it what is added to x and to the skips.

    Equation 2 and figure 4; `*` sees a sample and the one `dilation` before it.
    """

    def __init__(self, width: int, units: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.filter = nn.Conv1d(width, width, kernel_size=2, dilation=dilation)
        self.gate = nn.Conv1d(width, width, kernel_size=2, dilation=dilation)
        self.residual = nn.Conv1d(width, width, 1)
        self.skip = nn.Conv1d(width, units, 1)

    def forward(
        self, x: Float[Tensor, "b c t"]
    ) -> tuple[Float[Tensor, "b c t"], Float[Tensor, "b s t"]]:
        past = F.pad(x, (self.dilation, 0))  # silence before the beginning: nothing from ahead
        z = self.filter(past).tanh() * self.gate(past).sigmoid()
        return x + self.residual(z), self.skip(z)


class WaveNet(nn.Module):
    """Samples to vectors, the layers, and a head on the sum of their skips (figure 4)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.reach = config.reach
        self.stem = nn.Embedding(config.vocab, config.width)
        self.body = nn.ModuleList(
            Layer(config.width, config.units, 2**layer)
            for _ in range(config.cycles)
            for layer in range(config.layers)
        )
        self.head = nn.Sequential(
            nn.ReLU(),
            nn.Conv1d(config.units, config.units, 1),
            nn.ReLU(),
            nn.Conv1d(config.units, config.vocab, 1),
        )

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t vocab"]:
        x = self.stem(tokens).transpose(1, 2)
        x, skips = self.body[0](x)
        for layer in self.body[1:]:
            x, skip = layer(x)
            skips = skips + skip
        return self.head(skips).transpose(1, 2)
