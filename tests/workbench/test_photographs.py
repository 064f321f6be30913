"""Photographs for public weights are prepared as the weights' makers prepare them."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

import nna
from nna import reference, registry
from nna.errors import UserError
from nna.spec import Preprocessing


@pytest.fixture(scope="module")
def photograph(tmp_path_factory):
    path = tmp_path_factory.mktemp("photographs") / "china.png"
    Image.fromarray(load_sample_images().images[0]).save(path)
    return path


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("side", "resize"), [(224, 256), (299, 333)])
def test_the_same_as_torchvisions_transforms(photograph, interpolation, side, resize):
    from nna.data.images.photographs import prepare

    how = Preprocessing(side=side, resize=resize, interpolation=interpolation)
    transforms = reference.torchvision().transforms
    theirs = transforms.Compose(
        [
            transforms.Resize(
                resize, interpolation=transforms.InterpolationMode(interpolation), antialias=True
            ),
            transforms.CenterCrop(side),
            transforms.ToTensor(),
            transforms.Normalize(how.mean, how.std),
        ]
    )
    with Image.open(photograph) as opened:
        for picture in (opened, opened.rotate(90, expand=True), opened.resize((301, 257))):
            expected = theirs(picture).numpy()
            np.testing.assert_allclose(prepare(picture, how), expected, atol=1e-5)


def test_a_batch_by_the_reference_of_the_model(photograph):
    batch = nna.prepare("resnet/50@imagenet1k", photograph, photograph)
    assert batch.shape == (2, 3, 224, 224)
    assert batch.dtype == torch.float32


def test_every_checkpoint_of_pictures_says_how_to_prepare_them():
    for name in registry.names():
        spec = registry.describe(name)
        for key, entry in spec.weights.items():
            if "image" in spec.inputs:
                assert entry.prepare, f"{name}/{key}"
                assert set(dataclasses.asdict(entry.prepare)) >= {"side", "mean"}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("resnet/50", "names no weights"),
        ("resnet/50@elsewhere", "no such weights"),
        ("gpt2/small@openai", "not for photographs|no such weights"),
    ],
)
def test_references_without_preparation_are_one_clear_line(photograph, wanted, said):
    with pytest.raises(UserError, match=said):
        nna.prepare(wanted, photograph)


def test_a_file_that_is_no_picture_is_named(tmp_path):
    (tmp_path / "a.jpg").write_text("words")
    with pytest.raises(UserError, match=r"a\.jpg is not a picture"):
        nna.prepare("resnet/50@imagenet1k", tmp_path / "a.jpg")
    with pytest.raises(UserError, match=r"b\.jpg: no such picture"):
        nna.prepare("resnet/50@imagenet1k", tmp_path / "b.jpg")
