"""What photographs go through before public weights read them: beside those who published them."""

import dataclasses
import math
from typing import Any

import pytest

from nna import reference, registry

ENTRIES = [
    pytest.param(name, key, entry, id=f"{name}-{key}")
    for name in registry.names()
    for key, entry in registry.describe(name).weights.items()
    if entry.prepare
]
ELSEWHERE = {"smp-hub/xception.imagenet": "timm/legacy_xception.tf_in1k"}  # a copy of these weights
TAGS = {  # what the end of a checkpoint's name here says of the end of its name on the hub
    "imagenet1k": "in1k",
    "imagenet1k_distilled": "distilled_in1k",
    "imagenet22k_imagenet1k": "in22k_ft_in1k",
}
MISNAMED = {  # named for ImageNet-21k on the hub, trained on ImageNet-1k: see the spec of mlp_mixer
    f"timm/mixer_{size}_224.goog_in21k_ft_in1k": "goog_in1k" for size in ("b16", "l16")
}
# The authors' README.md of ResMLP: "a crop-ratio of 0.9 at test time"; timm takes 0.875 instead.
CROPS = {"resmlp": 0.9}


def timms(hub):
    """Timm's own configuration of a checkpoint."""
    reference.torchvision()
    from timm.models import get_pretrained_cfg

    found = get_pretrained_cfg(hub.removeprefix("timm/"), allow_unregistered=False)
    assert found, f"timm knows no {hub}"
    return found


def torchvisions(hub):
    """Torchvision's own weights of that name and edition."""
    model, tag = hub.removeprefix("timm/").split(".")
    known = reference.torchvision().models.get_model_weights(model)
    return known[{"tv_in1k": "IMAGENET1K_V1", "tv2_in1k": "IMAGENET1K_V2"}[tag]]


def faults(name, key, entry):
    """Where an entry differs from what its publishers say."""
    hub = str(ELSEWHERE.get(entry.hub, entry.hub))
    timm, ours = timms(hub), entry.prepare
    sizes = {(timm.input_size, timm.crop_pct)}
    sizes.add((timm.test_input_size or timm.input_size, timm.test_crop_pct or timm.crop_pct))
    sizes = {(size[1], math.floor(size[1] / CROPS.get(name, crop))) for size, crop in sizes}
    way = timm.interpolation
    if ".tv" in hub:
        published = torchvisions(hub)
        told = published.transforms()
        sizes, way = {(told.crop_size[0], told.resize_size[0])}, told.interpolation.value
        if published.meta["_metrics"]["ImageNet-1K"]["acc@1"] != entry.reported["top-1 accuracy"]:
            yield "accuracy"
    if (ours.side, ours.resize) not in sizes:
        yield "sizes"
    if ours.interpolation != way:
        yield "interpolation"
    if ours.mean != timm.mean:
        yield "mean"
    if ours.std != timm.std:
        yield "std"
    tag, data = MISNAMED.get(hub, hub.split(".")[1]), key.split("@")[1]
    others = [end for one, end in TAGS.items() if one != data and len(end) > len(TAGS[data])]
    if not tag.endswith(TAGS[data]) or tag.endswith(tuple(others)):
        yield "tag"


@pytest.mark.parametrize(("name", "key", "entry"), ENTRIES)
def test_photographs_are_prepared_as_their_publishers_say(name, key, entry):
    assert not list(faults(name, key, entry))


@pytest.mark.parametrize(
    ("name", "key", "fault", "seen"),
    [
        ("resnet", "50@imagenet1k", {"mean": (0.406, 0.456, 0.485)}, "mean"),
        ("convnext", "tiny@imagenet1k", {"std": (0.5, 0.5, 0.5)}, "std"),
        ("resmlp", "s12@imagenet1k_distilled", {"resize": 256}, "sizes"),
        ("nasnet", "large@imagenet1k", {"side": 299}, "sizes"),
        ("densenet", "121@imagenet1k", {"interpolation": "bicubic"}, "interpolation"),
        ("resnet", "50@imagenet1k", "timm/resnet50.tv2_in1k", "accuracy"),
        ("resmlp", "s12@imagenet1k_distilled", "timm/resmlp_12_224.fb_in1k", "tag"),
        ("mlp_mixer", "b16@imagenet1k", "timm/mixer_b16_224.miil_in21k", "tag"),
        ("convnext", "tiny@imagenet1k", "timm/convnext_tiny.fb_in22k_ft_in1k", "tag"),
    ],
)
def test_planted_faults_are_seen(name, key, fault, seen):
    entry: Any = registry.describe(name).weights[key]
    if isinstance(fault, str):
        entry = dataclasses.replace(entry, hub=fault)
    else:
        entry = dataclasses.replace(entry, prepare=dataclasses.replace(entry.prepare, **fault))
    assert seen in list(faults(name, key, entry))
