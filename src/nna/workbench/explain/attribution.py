"""What in a picture decided: saliency, Grad-CAM and occlusion, computed by captum.

Simonyan, Vedaldi, Zisserman. Deep Inside Convolutional Networks. 2014, arXiv:1312.6034 (saliency).
Selvaraju et al. Grad-CAM. ICCV 2017, arXiv:1610.02391.
Zeiler, Fergus. Visualizing and Understanding Convolutional Networks. ECCV 2014, arXiv:1311.2901
(occlusion).
Adebayo et al. Sanity Checks for Saliency Maps. NeurIPS 2018, arXiv:1810.03292.

Shapes: b pictures, c channels, h and w pixels, k classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nna.errors import UserError

Scores = Callable[[Tensor], Tensor]  # pictures (b, c, h, w) to scores (b, k)

METHODS = ("saliency", "grad-cam", "occlusion")
PARTS = 8  # an occluding window moves by an eighth of the side, and covers two


def captum() -> Any:
    """The library's attributions.

    Raises:
        UserError: it isn't installed.
    """
    try:
        import captum.attr
    except ImportError as error:
        raise UserError(
            "saliency, Grad-CAM and occlusion need captum: pip install 'nna[vision]'"
        ) from error
    return captum.attr


def layers(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """The maps `(b, maps, h, w)` of every layer that gives such, by name, in the order they ran.

    Layers that work along the last axis (linear, layer norm) keep their maps the other way round
    and are left out, as is what does not run, such as heads used in training only.
    """
    found: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(module: nn.Module, inputs: Any, out: Any) -> None:
            if isinstance(out, Tensor) and out.ndim == 4:
                found[name] = out.cpu().clone()  # what follows may work in place

        return hook

    last_axis = (nn.Linear, nn.LayerNorm)
    named = [(n, m) for n, m in model.named_modules() if n and not isinstance(m, last_axis)]
    handles = [module.register_forward_hook(keep(name)) for name, module in named]
    try:
        with torch.no_grad():
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return found


def kernels(module: nn.Module) -> Tensor | None:
    """The kernels of a convolution `(maps, read, h, w)`; none of any other layer.

    A layer that a model writes for itself counts where its own weight holds kernels.
    """
    weight = module._parameters.get("weight")
    if weight is None or isinstance(module, nn.ConvTranspose2d):
        return None
    if weight.ndim == 4:
        return weight.detach()
    return weight.detach()[:, None] if weight.ndim == 3 and weight.shape[-1] > 1 else None


def convolutions(model: nn.Module, found: Mapping[str, Tensor]) -> list[str]:
    """The names of those layers that convolve."""
    return [name for name in found if kernels(model.get_submodule(name)) is not None]


def deepest(names: list[str], found: Mapping[str, Tensor]) -> str:
    """The convolution that Grad-CAM looks at: the last one on the coarsest maps with places.

    Maps of one pixel have none. In a classifier it is the last convolution; a network that gives
    a mask grows finer again after it.
    """
    pixels = {name: found[name].shape[2] * found[name].shape[3] for name in names}
    coarsest = min((count for count in pixels.values() if count > 1), default=1)
    return [name for name in names if pixels[name] == coarsest][-1]


def read_last(names: list[str], model: nn.Module, score: Callable[[], Tensor]) -> str:
    """The last convolution that a score reads at more than one place.

    A detector's heads give a box's score at one place, and not every map reaches every box.

    Args:
        names: of the convolutions, in the order they run.
        model: which holds them.
        score: runs the model and returns one number.
    """
    found: dict[str, Tensor] = {}
    handles = [
        model.get_submodule(name).register_forward_hook(
            lambda module, inputs, out, name=name: found.update({name: out})
        )
        for name in names
    ]
    try:
        value = score()
    finally:
        for handle in handles:
            handle.remove()
    slopes = torch.autograd.grad(value, [found[name] for name in names], allow_unused=True)
    places = [0 if slope is None else int(slope.any(1).sum()) for slope in slopes]
    return [name for name, count in zip(names, places, strict=True) if count > 1][-1]


def scores_of(model: nn.Module, x: Tensor) -> Scores:
    """The model as a function to scores `(b, k)`.

    Of scores for every pixel it sums those of the pixels that, in `x`, a class was chosen for. Of a
    detector's candidates it takes, for each class, the one that is surest of it.
    """
    with torch.no_grad():
        out = model(x)
    if out.ndim == 2:
        return model
    if out.ndim == 3:
        return lambda pictures: surest(model(pictures))[0]
    chosen = torch.zeros_like(out).scatter_(1, out.argmax(1, keepdim=True), 1.0)
    return lambda pictures: (model(pictures) * chosen).sum((2, 3))


def surest(candidates: Tensor) -> tuple[Tensor, Tensor]:
    """The score and the share of each class `(b, k)` by the candidate that is surest of it.

    Args:
        candidates: of a detector, `(b, boxes, 4 + 4 + 1 + k)`.
    """
    shares, places = candidates[..., 8:].softmax(2)[..., 1:].max(1)
    return candidates[..., 9:].gather(1, places[:, None])[:, 0], shares


def saliency(scores: Scores, x: Tensor, target: Tensor) -> np.ndarray:
    """How fast the score changes with each pixel `(b, h, w)`: the steepest of its channels."""
    gradient = captum().Saliency(scores).attribute(x.clone().requires_grad_(), target)
    return gradient.detach().amax(1).cpu().numpy()


def grad_cam(scores: Scores, x: Tensor, target: Tensor, layer: nn.Module) -> np.ndarray:
    """Where a layer's maps speak for the class `(b, h, w)`, stretched to the picture.

    Each map is weighed by its mean gradient; what speaks against the class is cut off (equation 2).
    """
    found = captum().LayerGradCam(scores, layer)
    coarse = found.attribute(x.clone().requires_grad_(), target, relu_attributions=True)
    size = (x.shape[2], x.shape[3])
    wide = captum().LayerAttribution.interpolate(coarse.detach(), size, "bilinear")
    return wide[:, 0].cpu().numpy()


@torch.no_grad()
def occlusion(scores: Scores, x: Tensor, target: Tensor, grey: float = 0.0) -> np.ndarray:
    """How much the score falls while a window hides the place `(b, h, w)`, mean over windows.

    Args:
        scores: what is explained.
        x: the pictures.
        target: the class of each.
        grey: the value that hides; prepared pictures have mean 0.
    """
    channels, *sides = x.shape[1:]
    step = [max(1, side // PARTS) for side in sides]
    window = [min(side, 2 * move) for side, move in zip(sides, step, strict=True)]
    fall = (
        captum()
        .Occlusion(scores)
        .attribute(
            x,
            sliding_window_shapes=(channels, *window),
            strides=(channels, *step),
            target=target,
            baselines=grey,
            perturbations_per_eval=1 if sides[0] > 128 else 8,
        )
    )
    return fall[:, 0].cpu().numpy()


def maps(scores: Scores, x: Tensor, target: Tensor, layer: nn.Module) -> dict[str, np.ndarray]:
    """All three maps of some pictures, by method."""
    return {
        "saliency": saliency(scores, x, target),
        "grad-cam": grad_cam(scores, x, target, layer),
        "occlusion": occlusion(scores, x, target),
    }


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Rank correlation of two sets of maps `(b, h, w)`, mean over pictures.

    A map that is the same everywhere ranks nothing, and agrees with none: 0.
    """
    from scipy.stats import spearmanr

    found = []
    for a, b in zip(one, other, strict=True):
        flat = np.ptp(a) == 0 or np.ptp(b) == 0
        found.append(0.0 if flat else float(np.asarray(spearmanr(a.ravel(), b.ravel()))[0]))
    return float(np.mean(found))


def sanity(
    model: nn.Module, untrained: nn.Module, x: Tensor, target: Tensor, layer: str
) -> dict[str, float]:
    """Whether the maps depend on what was learnt: their agreement with an untrained model's.

    Close to 1, the maps would show the picture, or the architecture, and nothing of the weights.

    Args:
        model: the trained one.
        untrained: of the same architecture, with weights drawn anew.
        x: pictures `(b, c, h, w)`.
        target: the class of each.
        layer: of Grad-CAM.
    """
    both = (model.eval(), untrained.eval())
    sal = [saliency(one, x, target) for one in both]
    cam = [grad_cam(one, x, target, one.get_submodule(layer)) for one in both]
    return {"saliency": agreement(*sal), "grad-cam": agreement(*cam)}
