"""The U-Net map by map, and the sampler's steps from the posterior, in NumPy."""

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from nna import agreement
from nna.architectures.generative.ddpm import sampler
from nna.architectures.generative.ddpm.model import DDPM
from nna.architectures.generative.ddpm.spec import Config

Parameters = dict[str, np.ndarray]
Maps = np.ndarray  # `(b, c, h, w)`

SHAPES = (  # one attends below, with a level of one block; another above, with two
    Config(
        widths=(4, 8), depth=1, attention_side=2, side=4, channels=2, timesteps=40, groups=2
    ),
    Config(
        widths=(6,), depth=2, attention_side=2, side=2, channels=1, timesteps=25, groups=3
    ),
)  # fmt: skip


def unet() -> dict[str, float]:
    """The noise in pictures at different timesteps."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        torch.manual_seed(0)
        model = DDPM(config)
        agreement.unsettle(model)

        def naive(p: Parameters, image: Maps, timestep: np.ndarray, config=config) -> Maps:
            return _unet(p, image, timestep[:, 0], config)

        side = config.side
        inputs = {
            "image": torch.randn(2, config.channels, side, side),
            "timestep": torch.tensor([[3], [20]]),
        }
        gaps = agreement.worst(gaps, agreement.equations(model, naive, inputs))
    return gaps


def posterior() -> dict[str, float]:
    """One step back against equations 6, 7 and 11, and all of them against algorithm 2."""
    rng, timesteps = np.random.default_rng(0), 40
    beta = np.array([(0.1 + 19.9 * t / (timesteps - 1)) / timesteps for t in range(timesteps)])
    left = np.array([np.prod(1 - beta[: t + 1]) for t in range(timesteps)])
    x, eps, fresh = rng.standard_normal((3, 4, 1, 2, 2))
    tensors = torch.tensor(x), torch.tensor(eps), torch.tensor(fresh)
    found = []
    for at, (t, levels) in enumerate(sampler.spaced(timesteps, None)):
        assert t == timesteps - 1 - at
        ours = sampler.step_back(*tensors, levels, 1.0)
        before = left[t - 1] if t else 1.0
        mean = (x - beta[t] / np.sqrt(1 - left[t]) * eps) / np.sqrt(1 - beta[t])  # equation 11
        sigma = np.sqrt(beta[t] * (1 - before) / (1 - left[t]))  # equation 7
        found.append(agreement.gap(ours, mean + sigma * fresh))
    return {"steps back": max(found)}


def _unet(p: Parameters, image: Maps, timestep: np.ndarray, config: Config) -> Maps:
    time = _linear(p, "time.2", _swish(_linear(p, "time.0", _sinusoids(timestep, config))))
    levels = len(config.widths)
    x = _conv(p, "stem", image)
    skips = [x]
    for level in range(levels):
        for block in range(config.depth):
            x = _block(p, f"down.{level}.{block}", x, time, config)
            skips.append(x)
        if level < levels - 1:
            x = _conv(p, f"downsample.{level}.1", np.pad(x, _rim(0, 1)), rim=0)[:, :, ::2, ::2]
            skips.append(x)
    x = _residual(p, "middle1", x, time, config)
    x = _attention(p, "attention", x, config)
    x = _residual(p, "middle2", x, time, config)
    for level in range(levels):
        for block in range(config.depth + 1):
            x = np.concatenate([x, skips.pop()], axis=1)
            x = _block(p, f"up.{level}.{block}", x, time, config)
        if level < levels - 1:
            x = _conv(p, f"upsample.{level}.1", x.repeat(2, axis=2).repeat(2, axis=3))
    assert not skips
    return _conv(p, "head", _swish(_norm(p, "norm", x, config)))


def _sinusoids(timestep: np.ndarray, config: Config) -> np.ndarray:
    half = config.widths[0] // 2
    angles = [[t / 10_000 ** (i / (half - 1)) for i in range(half)] for t in timestep]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def _block(p: Parameters, name: str, x: Maps, time: np.ndarray, config: Config) -> Maps:
    x = _residual(p, f"{name}.residual", x, time, config)
    attends = x.shape[2] == config.attention_side
    return _attention(p, f"{name}.attention", x, config) if attends else x


def _residual(p: Parameters, name: str, x: Maps, time: np.ndarray, config: Config) -> Maps:
    out = _conv(p, f"{name}.conv1", _swish(_norm(p, f"{name}.norm1", x, config)))
    out = out + _linear(p, f"{name}.time", _swish(time))[:, :, None, None]
    out = _conv(p, f"{name}.conv2", _swish(_norm(p, f"{name}.norm2", out, config)))
    if x.shape[1] != out.shape[1]:
        weight = p[f"{name}.shortcut.weight"][:, :, 0, 0]
        x = np.einsum("oc,bchw->bohw", weight, x) + p[f"{name}.shortcut.bias"][:, None, None]
    return x + out


def _attention(p: Parameters, name: str, x: Maps, config: Config) -> Maps:
    batch, width, height, _ = x.shape
    pixels = _norm(p, f"{name}.norm", x, config).reshape(batch, width, -1).transpose(0, 2, 1)
    weight, bias = p[f"{name}.qkv.weight"], p[f"{name}.qkv.bias"]
    query, key, value = (
        pixels @ weight[i : i + width].T + bias[i : i + width] for i in range(0, 3 * width, width)
    )
    scores = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(width))
    out = _linear(p, f"{name}.proj", scores / scores.sum(-1, keepdims=True) @ value)
    return x + out.transpose(0, 2, 1).reshape(batch, width, height, -1)


def _norm(p: Parameters, name: str, x: Maps, config: Config) -> Maps:
    grouped = x.reshape(len(x), config.groups, -1)
    middle, spread = grouped.mean(2, keepdims=True), grouped.var(2, keepdims=True)
    normed = ((grouped - middle) / np.sqrt(spread + 1e-6)).reshape(x.shape)
    scale, shift = (p[f"{name}.{of}"][:, None, None] for of in ("weight", "bias"))
    return normed * scale + shift


def _conv(p: Parameters, name: str, x: Maps, rim: int = 1) -> Maps:
    windows = sliding_window_view(np.pad(x, _rim(rim, rim)), (3, 3), axis=(2, 3))
    out = np.tensordot(windows, p[f"{name}.weight"], axes=([1, 4, 5], [1, 2, 3]))
    return (out + p[f"{name}.bias"]).transpose(0, 3, 1, 2)


def _rim(before: int, after: int) -> list[tuple[int, int]]:
    return [(0, 0), (0, 0), (before, after), (before, after)]


def _linear(p: Parameters, name: str, x: np.ndarray) -> np.ndarray:
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def _swish(x: np.ndarray) -> np.ndarray:
    return x / (1 + np.exp(-x))
