"""Steps of the chapter on convolutions: sizes, counts, and a gradient."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import slope, tensor
from nna.learn.step import Step


def correlate(x, kernel):
    """What a convolutional layer computes along one axis, without padding; as networks have it."""
    return np.array([x[i : i + len(kernel)] @ kernel for i in range(len(x) - len(kernel) + 1)])


def output_size(size, kernel, stride, padding):
    """The side of a map, from the side that came in; padding is on both ends."""
    return (size + 2 * padding - kernel) // stride + 1


def parameters(channels_in, channels_out, kernel):
    """Weights and biases of a convolution with square kernels."""
    return channels_out * (channels_in * kernel**2 + 1)


def separable_work(side, channels_in, channels_out, kernel):
    """Multiply-adds of a depthwise convolution and the pointwise one after it, on side x side."""
    return side**2 * channels_in * (kernel**2 + channels_out)


def receptive_field(kernels, strides):
    """How many inputs a unit of the last layer sees along an axis."""
    seen, jump = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        seen, jump = seen + (kernel - 1) * jump, jump * stride
    return seen


def kernel_gradient(x, above):
    """The gradient of a kernel along one axis; above: that of what the layer gave."""
    size = len(x) - len(above) + 1
    return np.array([x[k : k + len(above)] @ above for k in range(size)])


def _convolved(x, kernel):
    return torch.nn.functional.conv1d(tensor(x)[None, None], tensor(kernel)[None, None])[0, 0]


def _sized(size, kernel, stride, padding):
    layer = torch.nn.Conv1d(1, 1, kernel, stride, padding)
    return layer(torch.zeros(1, 1, size)).shape[-1]


def _held(channels_in, channels_out, kernel):
    layer = torch.nn.Conv2d(channels_in, channels_out, kernel)
    return sum(p.numel() for p in layer.parameters())


def _worked(side, channels_in, channels_out, kernel):
    depthwise = torch.nn.Conv2d(channels_in, channels_in, kernel, groups=channels_in)
    pointwise = torch.nn.Conv2d(channels_in, channels_out, 1)
    return side * side * sum(layer.weight.numel() for layer in (depthwise, pointwise))


def _looked(kernels, strides):
    from math import prod

    x = torch.ones(1, 1, sum(kernels) * prod(strides) * 2, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride in zip(kernels, strides, strict=True):
        weight = torch.ones(1, 1, kernel, dtype=torch.float64)
        y = torch.nn.functional.conv1d(y, weight, stride=stride)
    y[0, 0, 0].backward()
    assert x.grad is not None
    touched = x.grad[0, 0].nonzero()
    return int(touched.max() - touched.min()) + 1


def _stack(r):
    depth = int(r.integers(2, 5))
    return tuple(map(int, r.integers(2, 5, depth))), tuple(map(int, r.integers(2, 4, depth)))


STEPS = (
    Step(
        answer=correlate,
        section="One layer",
        ask="One kernel over one row. (Networks don't turn the kernel round.)",
        draw=lambda r: (r.normal(size=8), r.normal(size=3)),
        truth=_convolved,
        mistakes={
            "Mathematicians turn the kernel round; layers of networks don't": lambda x, k: (
                np.convolve(x, k, "valid")
            ),
            "At the ends there is no room for the whole kernel: they are left out": (
                lambda x, k: np.correlate(x, k, "same")
            ),
            "The kernel goes on by one place, not by its whole width": lambda x, k: np.array(
                [x[i : i + len(k)] @ k for i in range(0, len(x) - len(k) + 1, len(k))]
            ),
            "The last place where the kernel fits is missing": lambda x, k: correlate(x, k)[:-1],
        },
        hint="Write down the first output as a sum of three products.",
    ),
    Step(
        answer=output_size,
        section="One layer",
        ask="How many places are there for a kernel?",
        draw=lambda r: (
            int(r.integers(8, 60)),
            int(r.integers(1, 7)),
            int(r.integers(1, 4)),
            int(r.integers(0, 4)),
        ),
        truth=_sized,
        mistakes={
            "The first place counts as well": lambda n, k, s, p: (n + 2 * p - k) // s,
            "There is padding on both ends": lambda n, k, s, p: (n + p - k) // s + 1,
            "A step that doesn't fit any more isn't made": lambda n, k, s, p: (
                -((k - n - 2 * p) // s) + 1
            ),
            "The kernel takes up room of its own": lambda n, k, s, p: (n + 2 * p) // s,
        },
        hint="Count how often the kernel can move on before its end leaves the row.",
    ),
    Step(
        answer=parameters,
        section="What sharing gives",
        ask="What a layer of convolutions has to learn, whatever the size of the picture.",
        draw=lambda r: (*map(int, r.integers(1, 64, 2)), int(r.integers(1, 8))),
        truth=_held,
        mistakes={
            "The biases are missing": lambda i, o, k: o * i * k**2,
            "A kernel looks at all channels": lambda i, o, k: o * (k**2 + 1),
            "A bias belongs to a map that comes out": lambda i, o, k: o * i * k**2 + i,
            "Kernels are square": lambda i, o, k: o * (i * k + 1),
        },
        hint="What does one map that comes out need?",
    ),
    Step(
        answer=separable_work,
        section="What sharing gives",
        ask="Each channel by itself, then each place by itself. (The side stays; no biases.)",
        draw=lambda r: tuple(map(int, (*r.integers(2, 40, 3), r.integers(2, 8)))),
        truth=_worked,
        mistakes={
            "That is an ordinary convolution": lambda n, i, o, k: n * n * i * o * k * k,
            "The pointwise convolution is missing": lambda n, i, o, k: n * n * i * k * k,
            "The depthwise convolution is missing": lambda n, i, o, k: n * n * i * o,
            "The depthwise one works on what comes in": lambda n, i, o, k: (
                n * n * (o * k * k + i * o)
            ),
        },
        hint="Count for one place, in two parts.",
    ),
    Step(
        answer=receptive_field,
        section="How far a unit sees",
        ask="Kernels and strides of a stack are given, the first layer first.",
        draw=_stack,
        truth=_looked,
        mistakes={
            "Behind a stride each step of a kernel is a longer way in the input": lambda k, s: (
                1 + sum(a - 1 for a in k)
            ),
            "Neighbouring places overlap: not every kernel adds its whole width": lambda k, s: int(
                sum(k)
            ),
            "A layer's own stride matters to the layers above it, not to itself": lambda k, s: int(
                1 + sum((a - 1) * np.prod(s[: i + 1]) for i, a in enumerate(k))
            ),
            "Only strides of layers below lengthen the way, and they multiply": lambda k, s: int(
                np.prod(k)
            ),
        },
        hint="Start with one unit, and go through the layers keeping how far apart two places are.",
    ),
    Step(
        answer=kernel_gradient,
        section="The line of ideas",
        ask="A kernel is used at every place, so it hears from all of them.",
        draw=lambda r: (r.normal(size=8), r.normal(size=6)),
        truth=lambda x, g: slope(
            lambda k: (
                torch.nn.functional.conv1d(torch.as_tensor(x)[None, None], k[None, None])[0, 0]
                * torch.as_tensor(g)
            ),
            np.zeros(len(x) - len(g) + 1),
        ),
        mistakes={
            "One of the two is turned round": lambda x, g: np.convolve(x, g, "valid"),
            "The places' gradients add up: they aren't averaged": lambda x, g: (
                kernel_gradient(x, g) / len(g)
            ),
            "A kernel has fewer entries than there are places": lambda x, g: np.correlate(
                x, g, "same"
            ),
            "Only one place is heard": lambda x, g: x[: len(x) - len(g) + 1] * g[0],
        },
        hint="Entry k meets input i + k at place i: sum over the places.",
    ),
)
