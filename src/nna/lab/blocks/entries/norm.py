"""Norms: what sets the scale of activations, or of weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nna.lab.blocks.entry import Code, Fact, Norm
from nna.lab.blocks.facts import seeded
from nna.spec import Paper

if TYPE_CHECKING:
    from torch import Tensor

BATCH = Code("torch.nn.BatchNorm2d")
LAYER = Code("nna.blocks.norms.ChannelNorm")
INSTANCE = Code("torch.nn.InstanceNorm2d")
GROUP = Code("nna.lab.blocks.formulas.group_norm")
LOCAL = Code("nna.lab.blocks.formulas.local_response")
RMS = Code("nna.lab.blocks.formulas.ChannelRMS")
WEIGHT = Code("torch.nn.utils.parametrizations.weight_norm")


def _after(layer: Code, channels: int = 8) -> Tensor:
    """What a norm makes of maps with means and scales of their own; four examples."""
    import torch

    x = 3 * torch.randn(4, channels, 5, 5).double() * torch.rand(channels, 1, 1) + 7
    return layer(channels).double()(x).detach()


def _spread(layer: Code, over: tuple[int, ...], mean: bool) -> Callable[[], float]:
    """The greatest difference of a mean from 0, or of a spread from 1, over some dimensions."""

    def measure() -> float:
        y = _after(layer)
        found = y.mean(over) if mean else y.std(over, correction=0) - 1
        return float(found.abs().max())

    return seeded(measure)


def _facts(layer: Code, over: tuple[int, ...], what: str) -> tuple[Fact, Fact]:
    return (
        Fact(f"mean of {what}, at the start", 0.0, _spread(layer, over, True), 1e-9),
        Fact(f"spread of {what} less one", 0.0, _spread(layer, over, False), 1e-3),
    )


def _group_spread(mean: bool) -> Callable[[], float]:
    def measure() -> float:
        y = _after(GROUP).unflatten(1, (4, 2))
        found = y.mean((2, 3, 4)) if mean else y.std((2, 3, 4), correction=0) - 1
        return float(found.abs().max())

    return seeded(measure)


def _response_of_one() -> float:
    import torch

    return float(LOCAL(1)(torch.ones(1, 1, 1, 1, dtype=torch.float64)))


def _root_mean_square() -> float:
    return float((_after(RMS).square().mean(1).sqrt() - 1).abs().max())


def _mean_stays() -> float:
    return float(_after(RMS).mean() > 0.1)


def _length() -> float:
    """How far rows are from their lengths g, after their directions v were stretched."""
    import torch
    from torch import nn

    layer = WEIGHT(nn.Linear(6, 4))
    with torch.no_grad():
        layer.parametrizations.weight.original1.mul_(10)
        g = layer.parametrizations.weight.original0[:, 0]
        return float((layer.weight.norm(dim=1) - g).abs().max())


BLOCKS = (
    Norm(
        name="batch_norm",
        also=("bn",),
        title="Batch normalisation",
        paper=Paper(
            title="Batch Normalization: Accelerating Deep Network Training by Reducing Internal "
            "Covariate Shift",
            authors="Ioffe, Szegedy",
            year=2015,
            venue="International Conference on Machine Learning",
            arxiv="1502.03167",
        ),
        formula=r"y = \gamma \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta",
        symbols=r"x, y: one channel before and after; \mu_B, \sigma_B^2: its mean and variance "
        r"over the batch and its pixels; \gamma, \beta: learnt; \epsilon: 1e-5",
        use="Each channel gets mean 0 and variance 1 over the batch, whatever the layers before "
        "it did: far larger rates become usable.",
        limits="Examples of a batch depend on each other, small batches are noisy, and answering "
        "takes running averages that may not fit new data.",
        where=("torch.nn.BatchNorm2d", "torch.nn.BatchNorm1d"),
        marks=("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "batch_norm"),
        layer=BATCH,
        facts=_facts(BATCH, (0, 2, 3), "each channel"),
    ),
    Norm(
        name="layer_norm",
        also=("ln",),
        title="Layer normalisation",
        paper=Paper(
            title="Layer Normalization",
            authors="Ba, Kiros, Hinton",
            year=2016,
            venue="arXiv",
            arxiv="1607.06450",
        ),
        formula=r"y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta",
        symbols=r"x, y: one example's units before and after, of maps one pixel's channels; "
        r"\mu, \sigma^2: their mean and variance; \gamma, \beta: learnt, one a unit",
        use="The same for each example by itself: it works for one example, for sequences of any "
        "length, and alike in training and answering. The norm of transformers.",
        limits="Units share one scale: a single very large one presses down all the others.",
        where=("torch.nn.LayerNorm", "nna.blocks.norms.ChannelNorm"),
        marks=("LayerNorm", "ChannelNorm", "layer_norm"),
        layer=LAYER,
        facts=_facts(LAYER, (1,), "each pixel's channels"),
    ),
    Norm(
        name="instance_norm",
        title="Instance normalisation",
        paper=Paper(
            title="Instance Normalization: The Missing Ingredient for Fast Stylization",
            authors="Ulyanov, Vedaldi, Lempitsky",
            year=2016,
            venue="arXiv",
            arxiv="1607.08022",
        ),
        formula=r"y = \frac{x - \mu_{nc}}{\sqrt{\sigma_{nc}^2 + \epsilon}}",
        symbols=r"x, y: one channel of one picture before and after; \mu_{nc}, \sigma_{nc}^2: its "
        "mean and variance over the pixels",
        use="Takes contrast out of each map of each picture. Made for style transfer, where the "
        "contrast of the content should not matter.",
        limits="How strong a feature is in a picture is lost, which classifiers need; a map of "
        "one pixel would become zero, and PyTorch refuses it.",
        where=("torch.nn.InstanceNorm2d",),
        marks=("InstanceNorm1d", "InstanceNorm2d", "instance_norm"),
        layer=INSTANCE,
        facts=_facts(INSTANCE, (2, 3), "each channel of each picture"),
    ),
    Norm(
        name="group_norm",
        also=("gn",),
        title="Group normalisation",
        paper=Paper(
            title="Group Normalization",
            authors="Wu, He",
            year=2018,
            venue="European Conference on Computer Vision",
            arxiv="1803.08494",
        ),
        formula=r"y = \gamma \frac{x - \mu_{ng}}{\sqrt{\sigma_{ng}^2 + \epsilon}} + \beta",
        symbols=r"x, y: a group g of channels of one picture n; \mu_{ng}, \sigma_{ng}^2: its mean "
        r"and variance over these channels and the pixels; \gamma, \beta: learnt, one a channel",
        use="Between layer and instance norm: independent of the batch, so that it serves where "
        "memory leaves room for few pictures only.",
        limits="The number of groups is to be chosen, and where batches are large batch norm is "
        "usually a little more accurate.",
        where=("torch.nn.GroupNorm",),
        marks=("GroupNorm", "group_norm"),
        layer=GROUP,
        facts=(
            Fact("mean of each group, at the start", 0.0, _group_spread(True), 1e-9),
            Fact("spread of each group less one", 0.0, _group_spread(False), 1e-3),
        ),
    ),
    Norm(
        name="local_response_norm",
        also=("lrn",),
        title="Local response normalisation",
        paper=Paper(
            title="ImageNet Classification with Deep Convolutional Neural Networks",
            authors="Krizhevsky, Sutskever, Hinton",
            year=2012,
            venue="Advances in Neural Information Processing Systems",
            url="https://proceedings.neurips.cc/paper/2012/hash/"
            "c399862d3b9d6b76c8436e924a68c45b-Abstract.html",
        ),
        formula=r"y_i = x_i \left(k + \alpha \sum_{|j - i| \le n/2} x_j^2\right)^{-\beta}",
        symbols=r"x, y: channels i at one pixel; n: neighbours, 5; k, \alpha, \beta: 2, 1e-4 and "
        "0.75",
        use="Neighbouring channels compete: a strong response dims those beside it. Part of "
        "AlexNet.",
        limits="It neither centres nor sets a scale, and helps little beside batch norm. PyTorch "
        "divides alpha by n, so the paper's alpha is 5e-4 there.",
        where=("torch.nn.LocalResponseNorm",),
        marks=("LocalResponseNorm", "local_response_norm"),
        layer=LOCAL,
        facts=(Fact("response of a lone channel of 1", 2.0001**-0.75, _response_of_one, 1e-9),),
    ),
    Norm(
        name="rms_norm",
        title="Root mean square normalisation",
        paper=Paper(
            title="Root Mean Square Layer Normalization",
            authors="Zhang, Sennrich",
            year=2019,
            venue="Advances in Neural Information Processing Systems",
            arxiv="1910.07467",
        ),
        formula=r"y = \gamma \frac{x}{\sqrt{\frac{1}{n} \sum_i x_i^2 + \epsilon}}",
        symbols=r"x, y: one example's n units before and after; \gamma: learnt, one a unit",
        use="Layer norm without its centring, which turned out to be dispensable: cheaper, and "
        "usual in today's language models.",
        limits="A common offset of all units stays, and takes its share of the scale.",
        where=("torch.nn.RMSNorm",),
        marks=("RMSNorm", "rms_norm"),
        layer=RMS,
        facts=(
            Fact("root mean square less one", 0.0, seeded(_root_mean_square), 1e-4),
            Fact("1 if an offset stays", 1.0, seeded(_mean_stays)),
        ),
    ),
    Norm(
        name="weight_norm",
        title="Weight normalisation",
        paper=Paper(
            title="Weight Normalization: A Simple Reparameterization to Accelerate Training of "
            "Deep Neural Networks",
            authors="Salimans, Kingma",
            year=2016,
            venue="Advances in Neural Information Processing Systems",
            arxiv="1602.07868",
        ),
        formula=r"w = \frac{g}{\lVert v \rVert} v",
        symbols="w: a unit's weights; v: their direction, learnt; g: their length, learnt",
        use="Length and direction of each unit's weights are learnt apart. It looks at no data, "
        "so it suits recurrent and generative networks.",
        limits="The scale of the activations is not controlled: that is left to the first "
        "weights, or to data the lengths are set by.",
        where=("torch.nn.utils.parametrizations.weight_norm",),
        marks=("weight_norm",),
        layer=WEIGHT,
        wraps=True,
        facts=(Fact("length of w less g, v ten times as long", 0.0, seeded(_length), 1e-6),),
    ),
)
