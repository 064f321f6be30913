"""Public checkpoints: files of the hub's layout load by our names and compute what they did.

No test has a network: timm's own models, whose names those files bear, stand in for them.
"""

import errno
import re

import pytest
import torch
from safetensors.torch import save_file

import nna
from nna import reference, registry, weights
from nna.blocks.unfilled import outlined
from nna.errors import UserError

MODELS = {"smp-hub/xception.imagenet": "legacy_xception"}  # where the file's name isn't timm's
ENTRIES = [
    (name, key, entry)
    for name in registry.names()
    for key, entry in registry.describe(name).weights.items()
    if entry.prepare
]


def theirs(hub):
    reference.torchvision()
    from timm import create_model
    from timm.models.inception_v3 import InceptionV3

    if "inception_v3" in hub:  # the public file has the auxiliary head, which timm leaves out
        return InceptionV3(aux_logits=True).eval()
    return create_model(MODELS.get(hub) or hub.removeprefix("timm/").split(".")[0]).eval()


def smallest():
    """Of each architecture the checkpoint with the fewest parameters."""
    found = {}
    for name, key, entry in ENTRIES:
        params = registry.describe(name).variants[entry.variant].params
        if name not in found or params < found[name][0]:
            found[name] = (params, key, entry)
    return {name: (name, key, entry) for name, (_, key, entry) in found.items()}


def cases(entries, some):
    """Entries as cases; `make test` takes some of them."""
    return [
        pytest.param(*e, id=f"{e[0]}-{e[1]}", marks=() if e in some else pytest.mark.exhaustive)
        for e in entries
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "key", "entry"), cases(ENTRIES, [*smallest().values()]))
def test_every_entry_has_its_counterpart_of_the_same_shape(name, key, entry):
    with outlined():
        state = weights.translate(theirs(entry.hub).state_dict(), entry.rules)
        spec = registry.describe(name)
        own = registry.resolve(name, spec.model)(spec.variants[entry.variant].config).state_dict()
    assert {k: v.shape for k, v in state.items()} == {k: v.shape for k, v in own.items()}


# what the files' names say was seen in training, by the names here after the "@"
SEEN = {
    r"_in2[12]k_ft_in1k$": "imagenet22k_imagenet1k",
    r"_distilled_in1k$": "imagenet1k_distilled",
    r"in1k$|\.imagenet$": "imagenet1k",
}
# where a file's name is wrong by its authors' word: its card says so
MISNAMED = {
    "timm/mixer_b16_224.goog_in21k_ft_in1k": "imagenet1k",
    "timm/mixer_l16_224.goog_in21k_ft_in1k": "imagenet1k",
}


@pytest.mark.parametrize(("name", "key", "entry"), ENTRIES, ids=lambda one: str(one)[:40])
def test_a_name_says_what_was_seen_in_training_as_its_file_does(name, key, entry):
    told = next(seen for tag, seen in SEEN.items() if re.search(tag, entry.hub))
    assert key.split("@")[1] == MISNAMED.get(entry.hub, told)
    if entry.hub in MISNAMED:
        assert re.search(r"files on the hub are named for", registry.card(name))


def ported(entry):
    """Torchvision's own entry of a checkpoint that timm keeps, or None."""
    reference.torchvision()
    from torchvision import models

    model, _, tag = entry.hub.removeprefix("timm/").partition(".")
    return models.get_model_weights(model)["IMAGENET1K_V1"] if tag == "tv_in1k" else None


@pytest.mark.slow
@pytest.mark.parametrize(("name", "key", "entry"), ENTRIES, ids=lambda one: str(one)[:40])
def test_a_checkpoint_is_prepared_for_and_reported_as_its_keepers_do(name, key, entry):
    """Torchvision's by torchvision, others by timm; ResMLP's at its authors' crop."""
    reference.torchvision()
    from timm.models import get_pretrained_cfg

    model, prepare = entry.hub.removeprefix("timm/"), entry.prepare
    kept = get_pretrained_cfg("legacy_xception.tf_in1k" if "smp-hub" in model else model)
    assert kept is not None
    assert (kept.mean, kept.std) == (prepare.mean, prepare.std)
    if own := ported(entry):
        made = own.transforms()
        settings = (made.crop_size[0], made.resize_size[0], made.interpolation.value)
        assert settings == (prepare.side, prepare.resize, prepare.interpolation)
        assert own.meta["_metrics"]["ImageNet-1K"]["acc@1"] == entry.reported["top-1 accuracy"]
        return
    larger = kept.test_input_size is not None and prepare.side == kept.test_input_size[-1]
    assert larger or prepare.side == kept.input_size[-1]
    crop = (larger and kept.test_crop_pct) or kept.crop_pct
    assert prepare.interpolation == kept.interpolation
    assert abs(prepare.resize - prepare.side / (0.9 if name == "resmlp" else crop)) <= 1


@pytest.mark.parametrize("name", registry.names())
def test_checkpoints_that_a_card_names_exist(name):
    for owner, key in re.findall(r"`(\w+)/([\w.-]+@\w+)`", registry.card(name)):
        assert key in registry.describe(owner).weights


@pytest.mark.parametrize("name", registry.names())
def test_names_of_texts_checkpoints_stand_in_their_files_names(name):
    for key, entry in registry.describe(name).weights.items():
        if entry.tokenizer and not key.endswith("@public"):
            assert key.split("@")[1] in entry.hub


LIGHT = [smallest()[name] for name in ("resnet", "mobilenet_v2", "mobilenet_v3")]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "key", "entry"), cases(smallest().values(), LIGHT))
def test_public_weights_load_by_name_and_compute_what_they_did(
    name, key, entry, tmp_path, monkeypatch
):
    torch.manual_seed(0)
    known = theirs(entry.hub)
    save_file(known.state_dict(), tmp_path / "model.safetensors")
    known.aux_logits = False  # timm's Inception would use it in evaluation, too
    asked = []

    def download(repository):
        asked.append(repository)
        return tmp_path / "model.safetensors"

    monkeypatch.setattr(weights, "download", download)
    model = nna.build(f"{name}/{key}").eval()
    assert asked == [entry.hub]
    image = torch.randn(1, 3, entry.prepare.side, entry.prepare.side)
    with torch.no_grad():
        torch.testing.assert_close(model(image), known(image))


@pytest.mark.parametrize(
    "refused", [OSError(errno.ENETUNREACH, "Network is unreachable"), TimeoutError("timed out")]
)
def test_without_a_network_one_line_comes_without_waiting(refused, tmp_path, monkeypatch):
    patience = []

    def connect(address, timeout=None, *rest, **more):
        patience.append(timeout)
        raise refused

    def wait(seconds):
        raise AssertionError(f"waited {seconds} seconds")

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("socket.create_connection", connect)
    monkeypatch.setattr("time.sleep", wait)
    with pytest.raises(UserError, match=r"can't fetch timm/resnet50.*check the network") as caught:
        nna.build("resnet/50@imagenet1k")
    assert "\n" not in str(caught.value)
    assert 0 < sum(patience) <= 10  # seconds, where every question is left without an answer


def test_a_file_that_a_repository_does_not_have_is_told_from_one_out_of_reach(
    tmp_path, monkeypatch
):
    from httpx import Request, Response
    from huggingface_hub.errors import RemoteEntryNotFoundError

    def asked(address, timeout):
        answer = Response(404, request=Request("HEAD", address))
        raise RemoteEntryNotFoundError("404: Entry Not Found", response=answer)

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", asked)
    with pytest.raises(weights.NotInRepositoryError, match=r"some/model has no vocab\.txt"):
        weights.download("some/model", "vocab.txt")


def test_what_is_in_the_cache_needs_no_network(tmp_path, monkeypatch):
    def connect(*address, **more):
        raise AssertionError("asked the network")

    kept = tmp_path / "models--some--model" / "snapshots" / "abc" / "model.safetensors"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"whole")
    (tmp_path / "models--some--model" / "refs").mkdir()
    (tmp_path / "models--some--model" / "refs" / "main").write_text("abc")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("socket.create_connection", connect)
    assert weights.download("some/model") == kept
    lacking = tmp_path / "models--some--model" / ".no_exist" / "abc" / "tokenizer.json"
    lacking.parent.mkdir(parents=True)
    lacking.touch()
    with pytest.raises(weights.NotInRepositoryError, match=r"some/model has no tokenizer\.json"):
        weights.download("some/model", "tokenizer.json")


@pytest.fixture
def checkpoint(monkeypatch):
    """What stands in for the hub: every number of the checkpoint is a half."""

    def state(published):
        name = next(name for name, _, entry in ENTRIES if entry == published)
        config = registry.describe(name).variants[published.variant].config
        own = registry.outline(name, config).state_dict()
        return {k: torch.full_like(v, 0.5, device="cpu") for k, v in own.items()}

    monkeypatch.setattr(weights, "fetch", state)


@pytest.mark.parametrize("reference", ["resnet/18@imagenet1k", "mobilenet_v2/1.0@imagenet1k"])
def test_other_classes_start_from_the_body_with_a_fresh_head_and_it_is_said(reference, checkpoint):
    with pytest.warns(UserWarning, match="anew, with random weights: ") as caught:
        model = nna.build(reference, classes=10)
    (told,) = caught
    start, _, listed = str(told.message).partition(": anew, with random weights: ")
    assert start == reference
    assert told.filename == __file__
    state = model.state_dict()
    fresh = {k for k, v in state.items() if v.is_floating_point() and bool((v != 0.5).any())}
    assert fresh == {*listed.split(", ")}
    assert {state[name].shape[0] for name in fresh} == {10}


def test_what_changes_no_shape_takes_all_and_nothing_is_said(checkpoint, recwarn):
    model = nna.build("resnet/18@imagenet1k", classes=1000)
    assert all(bool((value == 0.5).all()) for value in model.parameters())
    assert not recwarn.list
    with pytest.raises(UserError, match="start from a run of the same"):
        nna.build("resnet/18@imagenet1k", width=8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "key", "entry"), cases(smallest().values(), [*smallest().values()])
)
def test_only_what_gives_the_classes_begins_anew(name, key, entry):
    spec = registry.describe(name)
    own, other = (
        spec.variants[entry.variant].config,
        registry.configure(f"{name}/{key}", classes=10),
    )
    before, after = (registry.outline(name, of).state_dict() for of in (own, other))
    assert before.keys() == after.keys()
    differing = [one for one in after if before[one].shape != after[one].shape]
    assert differing
    assert all(before[one].shape[0] == own.classes for one in differing)
