"""Denoising diffusion probabilistic model (DDPM): tell the noise in a picture, undo it in steps.

Ho, Jain, Abbeel. Denoising Diffusion Probabilistic Models. NeurIPS 2020, arXiv:2006.11239.

Answers: adversarial networks draw sharp pictures, but forget modes and hang on the balance of a
game. Diffusion models (Sohl-Dickstein et al. 2015) had a chain that adds noise and learnt to walk
it back, but drew poorly. Here one network, whose target is the noise itself and whose loss is a
squared error, takes every step back.

Departs from the paper: timesteps count from 0, as in the authors' code (the paper: from 1). With
other than 1,000 of them the betas are scaled, so that as much noise is added over all. What the
paper leaves open (norms, swish, starting weights) is as in the code; its layers that start within
1e-10 start at zero.

Shapes: b pictures of channels x h x w, c maps within, d numbers that tell the timestep.
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.generative.ddpm.spec import Config


def betas(timesteps: int) -> Float[Tensor, "_"]:
    """Variance that each step adds: linear from 1e-4 to 0.02 over 1,000 (section 4)."""
    return torch.linspace(0.1, 20.0, timesteps, dtype=torch.float64) / timesteps


def alpha_bars(timesteps: int) -> Float[Tensor, "_"]:
    """Share of the picture's own variance that is left after each step (above equation 4)."""
    return (1 - betas(timesteps)).cumprod(0)


def sinusoids(timestep: Float[Tensor, "b"], width: int) -> Float[Tensor, "b width"]:
    """Sines, then cosines, of angles that grow by 1 a step down to 1 in 10,000 steps."""
    half = width // 2
    share = torch.arange(half, dtype=timestep.dtype, device=timestep.device) / (half - 1)
    angles = timestep[:, None] * torch.exp(-math.log(10_000) * share)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Residual(nn.Module):
    """Norm, swish, convolution, twice; the timestep is added between, the input at the end."""

    def __init__(self, c_in: int, c_out: int, config: Config) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(config.groups, c_in, eps=1e-6)
        self.conv1 = conv(c_in, c_out)
        self.time = nn.Linear(4 * config.widths[0], c_out)
        self.norm2 = nn.GroupNorm(config.groups, c_out, eps=1e-6)
        self.drop = nn.Dropout(config.dropout)
        self.conv2 = conv(c_out, c_out)
        self.shortcut = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(
        self, x: Float[Tensor, "b c_in h w"], time: Float[Tensor, "b d"]
    ) -> Float[Tensor, "b c_out h w"]:
        hidden = self.conv1(F.silu(self.norm1(x)))
        hidden = hidden + self.time(F.silu(time))[:, :, None, None]
        return self.shortcut(x) + self.conv2(self.drop(F.silu(self.norm2(hidden))))


class Attention(nn.Module):
    """Each pixel asks all of them, with one head, and adds the answer to itself."""

    def __init__(self, width: int, config: Config) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(config.groups, width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        pixels = self.norm(x).flatten(2).transpose(1, 2)
        query, key, value = self.qkv(pixels).unsqueeze(1).chunk(3, dim=-1)
        attn_out = F.scaled_dot_product_attention(query, key, value).squeeze(1)
        return x + self.proj(attn_out).transpose(1, 2).unflatten(2, x.shape[2:])


class Block(nn.Module):
    """A residual block, with attention behind it where maps have `attention_side` pixels."""

    def __init__(self, c_in: int, c_out: int, side: int, config: Config) -> None:
        super().__init__()
        self.residual = Residual(c_in, c_out, config)
        attends = side == config.attention_side
        self.attention = Attention(c_out, config) if attends else nn.Identity()

    def forward(
        self, x: Float[Tensor, "b c_in h w"], time: Float[Tensor, "b d"]
    ) -> Float[Tensor, "b c_out h w"]:
        return self.attention(self.residual(x, time))


def conv(c_in: int, c_out: int) -> nn.Conv2d:
    """A 3x3 convolution that keeps the size."""
    return nn.Conv2d(c_in, c_out, 3, padding=1)


def downsample(width: int) -> nn.Sequential:
    """A 3x3 convolution of stride 2, padded on the right and below only."""
    return nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(width, width, 3, stride=2))


def upsample(width: int) -> nn.Sequential:
    """Every pixel twice both ways, then a 3x3 convolution."""
    return nn.Sequential(nn.Upsample(scale_factor=2.0), conv(width, width))


class DDPM(nn.Module):
    """The noise in pictures, by a U-Net that knows the timestep (section 4, appendix B)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        check(config)
        self.timesteps, first = config.timesteps, config.widths[0]
        self.shape = (config.channels, config.side, config.side)
        self.time = nn.Sequential(nn.Linear(first, 4 * first), nn.SiLU())
        self.time.append(nn.Linear(4 * first, 4 * first))
        self.stem = conv(config.channels, first)
        self.down, self.downsample = nn.ModuleList(), nn.ModuleList()
        self.up, self.upsample = nn.ModuleList(), nn.ModuleList()
        skips, below = [first], first  # channels of the maps that the way up joins
        for level, width in enumerate(config.widths):
            inputs = [below] + [width] * (config.depth - 1)
            side = config.side >> level
            self.down.append(nn.ModuleList(Block(c, width, side, config) for c in inputs))
            skips += [width] * config.depth
            if level + 1 < len(config.widths):
                self.downsample.append(downsample(width))
                skips.append(width)
            below = width
        self.middle1, self.middle2 = (Residual(below, below, config) for _ in range(2))
        self.attention = Attention(below, config)
        for level, width in reversed([*enumerate(config.widths)]):
            joined = [c + skips.pop() for c in [below] + [width] * config.depth]
            side = config.side >> level
            self.up.append(nn.ModuleList(Block(c, width, side, config) for c in joined))
            if level:
                self.upsample.append(upsample(width))
            below = width
        self.norm = nn.GroupNorm(config.groups, first, eps=1e-6)
        self.head = conv(first, config.channels)
        start(self)

    def forward(
        self, image: Float[Tensor, "b channels h w"], timestep: Int[Tensor, "b 1"]
    ) -> Float[Tensor, "b channels h w"]:
        time = self.time(sinusoids(timestep[:, 0].to(image.dtype), self.stem.out_channels))
        x = self.stem(image)
        skips = [x]
        for level, blocks in enumerate(self.down):
            for block in blocks.children():
                x = block(x, time)
                skips.append(x)
            if level < len(self.downsample):
                x = self.downsample[level](x)
                skips.append(x)
        x = self.middle2(self.attention(self.middle1(x, time)), time)
        for level, blocks in enumerate(self.up):
            for block in blocks.children():
                x = block(torch.cat([x, skips.pop()], dim=1), time)
            if level < len(self.upsample):
                x = self.upsample[level](x)
        return self.head(F.silu(self.norm(x)))


def start(model: nn.Module) -> None:
    """Glorot's uniform weights and no biases; what a branch adds, and the head, start at zero."""
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            parts = layer.weight.chunk(3) if name.endswith("qkv") else [layer.weight]
            for part in parts:
                nn.init.xavier_uniform_(part)
            if name.endswith(("conv2", "proj", "head")):
                nn.init.zeros_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def check(config: Config) -> None:
    """Refuse sizes that don't fit one another.

    Raises:
        ValueError: says which.
    """
    halvings = len(config.widths) - 1
    if config.side % 2**halvings:
        raise ValueError(f"side {config.side} can't be halved {halvings} times")
    if odd := [width for width in config.widths if width % config.groups]:
        raise ValueError(f"widths {odd} must be multiples of groups {config.groups}")
    if config.widths[0] % 2 or config.widths[0] < 4:
        raise ValueError(f"the first width, {config.widths[0]}, must be even and at least 4")
    if config.timesteps < 21 or config.depth < 1:
        raise ValueError(
            "at least 21 timesteps (of fewer the last adds all noise), depth 1 or more"
        )
