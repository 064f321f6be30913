"""Look inside convolutional networks: what the maps show, what is drawn, what is told."""

import json
import re
import shutil
import sys

import numpy as np
import PIL.Image
import pytest
import torch
from torch import nn

import nna
from nna.cli import run as command
from nna.errors import UserError
from nna.workbench.evaluation.uncertainty import Calibration
from nna.workbench.explain import attribution, image_report, saliency
from nna.workbench.explain.images import explain
from nna.workbench.explain.target import most_pixels
from nna.workbench.train import finish, material_of

SIDE, PATCH = 16, 5


def pictures(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise; a patch in the upper left corner, bright or dark, is all that tells the classes."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0.3, 0.7, (n, 1, SIDE, SIDE)).astype(np.float32)
    y = np.arange(n) % 2
    x[:, 0, :PATCH, :PATCH] += np.where(y, 0.15, -0.15)[:, None, None]
    return x, np.array(["dark", "bright"])[y]


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A finished run of LeNet-5 on pictures of which one corner decides."""
    out = tmp_path_factory.mktemp("runs")
    x, y = pictures(400)
    np.savez(out / "corner.npz", x=x, y=y)
    recipe = {"epochs": 8, "augment": ()}
    return nna.train("lenet5", str(out / "corner.npz"), out=out, recipe=recipe, quiet=True)


@pytest.fixture(scope="module")
def seen(planted):
    """The run's model, its test pictures as the model sees them, and what it takes them for."""
    material = material_of(planted)
    model = nna.load(planted.folder).model
    x = torch.as_tensor(np.asarray(material.parts["test"].x))
    with torch.no_grad():
        goal = model(x).argmax(1)
    assert (goal.numpy() == material.parts["test"].y).mean() > 0.9
    return model, x[:8], goal[:8]


@pytest.fixture(scope="module")
def dense(tmp_path_factory):
    """A finished run of a network without convolutions."""
    out = tmp_path_factory.mktemp("runs")
    x, y = pictures(30)
    np.savez(out / "corner.npz", x=x, y=y)
    return nna.train("mlp", str(out / "corner.npz"), out=out, recipe={"epochs": 1}, quiet=True)


def corner(maps: np.ndarray) -> float:
    """The share of a map's positive mass in the quarter that holds the patch."""
    positive = np.maximum(maps, 0)
    half = maps.shape[1] // 2
    return float(positive[:, :half, :half].sum() / positive.sum())


def ask(capsys, *arguments) -> dict:
    assert command(["explain", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def complaint(capsys, *arguments) -> str:
    assert command(["explain", *map(str, arguments)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("nna: ")
    assert shown.err.count("\n") == 1
    return shown.err


def test_saliency_and_occlusion_find_the_corner_that_decides(seen):
    assert corner(attribution.saliency(*seen)) > 0.4  # a quarter by chance
    assert corner(attribution.occlusion(*seen)) > 0.65


def test_an_untrained_network_does_not_find_it(seen, planted):
    _, x, goal = seen
    fresh = image_report.untrained(material_of(planted)).eval()
    assert corner(attribution.saliency(fresh, x, goal)) < 0.3


def test_maps_of_weights_drawn_anew_are_other_maps(seen, planted):
    model, x, goal = seen
    found = attribution.layers(model, x[:1])
    layer = attribution.deepest(attribution.convolutions(model, found), found)
    fresh = image_report.untrained(material_of(planted))
    sane = attribution.sanity(model, fresh, x, goal, layer)
    assert set(sane) == {"saliency", "grad-cam"}
    assert all(abs(value) < 0.6 for value in sane.values()), sane
    same = attribution.sanity(model, model, x, goal, layer)
    assert all(value > 0.999 for value in same.values())


def test_a_map_that_is_the_same_everywhere_agrees_with_none():
    flat, sloping = np.zeros((1, 4, 4)), np.arange(16.0).reshape(1, 4, 4)
    assert attribution.agreement(flat, sloping) == 0
    assert attribution.agreement(sloping, -sloping) == pytest.approx(-1)


def test_saliency_of_a_linear_model_is_its_weights():
    model = nn.Sequential(nn.Conv2d(2, 3, 4), nn.Flatten())
    x, goal = torch.randn(2, 2, 4, 4), torch.tensor([2, 0])
    expected = model[0].weight.detach()[goal].abs().amax(1)
    np.testing.assert_allclose(attribution.saliency(model, x, goal), expected, rtol=1e-6)


def test_grad_cam_is_the_maps_weighed_by_their_mean_gradients():
    torch.manual_seed(0)
    conv, head = nn.Conv2d(1, 4, 3, padding=1), nn.Linear(4 * 36, 2)
    model = nn.Sequential(conv, nn.Flatten(), head)
    x = torch.randn(1, 1, 6, 6)
    maps = conv(x).detach()
    gradients = head.weight[1].view(1, 4, 6, 6)  # of a linear head
    expected = (gradients.mean((2, 3), keepdim=True) * maps).sum(1).clamp_min(0)
    found = attribution.grad_cam(model, x, torch.tensor([1]), conv)
    np.testing.assert_allclose(found, expected.detach(), rtol=1e-5, atol=1e-6)


def test_occlusion_of_a_sum_is_what_each_window_holds():
    x = torch.rand(1, 1, 8, 8)
    found = attribution.occlusion(lambda p: p.sum((1, 2, 3))[:, None], x, torch.tensor([0]))
    assert found[0, 0, 0] == pytest.approx(float(x[0, 0, :2, :2].sum()), rel=1e-4)
    assert found.shape == (1, 8, 8)


def test_scores_for_pixels_are_summed_where_the_class_was_chosen():
    x = torch.rand(1, 1, 4, 4)
    per_pixel = nn.Conv2d(1, 3, 1)
    out = per_pixel(x).detach()
    scores = attribution.scores_of(per_pixel, x)(x).detach()
    for k in range(3):
        assert float(scores[0, k]) == pytest.approx(float(out[0, k][out[0].argmax(0) == k].sum()))


def test_layers_come_in_the_order_they_run_and_only_if_they_run():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.second, self.idle = nn.Conv2d(2, 3, 3), nn.Conv2d(2, 3, 3)
            self.first = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
            self.norm, self.head = nn.LayerNorm(3), nn.Linear(3, 2)

        def forward(self, x):
            maps = self.second(self.first(x)).permute(0, 2, 3, 1)
            return self.head(self.norm(maps)).mean((1, 2))

    model = Net()
    found = attribution.layers(model, torch.zeros(1, 1, 8, 8))
    assert {name: [*maps.shape[1:]] for name, maps in found.items()} == {
        "first.0": [2, 6, 6],
        "first.1": [2, 6, 6],
        "first": [2, 6, 6],
        "second": [3, 4, 4],
    }
    names = attribution.convolutions(model, found)
    assert names == ["first.0", "second"]
    assert attribution.deepest(names, found) == "second"
    small = attribution.layers(model, torch.zeros(1, 1, 5, 5))
    assert attribution.deepest(names, small) == "first.0"  # maps of one pixel show no place


def test_of_a_network_that_grows_finer_again_grad_cam_looks_at_the_narrow_place():
    down, up = nn.Conv2d(1, 2, 2, stride=2), nn.ConvTranspose2d(2, 2, 2, stride=2)
    model = nn.Sequential(down, nn.Conv2d(2, 2, 1), up, nn.Conv2d(2, 3, 1))
    found = attribution.layers(model, torch.zeros(1, 1, 8, 8))
    names = attribution.convolutions(model, found)
    assert names == ["0", "1", "3"]
    assert attribution.deepest(names, found) == "1"


def test_of_masks_the_thing_with_most_pixels_is_explained():
    x = torch.tensor([[[[0.0, 0.0, 0.0, 1.0, 1.0, 2.0]]]])
    classes = ["background", "cat", "dog", "owl"]

    def model(x):
        return torch.stack([-((x[:, 0] - k) ** 2) for k in range(4)], 1)

    def chosen(wanted, x=x):
        return most_pixels(model, x, torch.arange(4.0), classes, wanted)

    assert (chosen(None).number, chosen(None).name) == (1, "the 2 pixels of class cat")
    assert (chosen("dog").score, chosen("dog").name) == (2.0, "the 1 pixel of class dog")
    assert chosen(None, torch.zeros_like(x)).name == "the 6 pixels of class background"
    with pytest.raises(UserError, match="no pixel of this picture is taken for owl"):
        chosen("owl")


class Detector(nn.Module):
    """Two candidates: one reads the left half of a fine map, the other a coarse map."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Conv2d(1, 2, 3, padding=1)
        self.coarse = nn.Conv2d(2, 2, 3, stride=4, padding=1)
        self.names = nn.ModuleList((nn.Conv2d(2, 3, 4, stride=4), nn.Conv2d(2, 3, 2, stride=2)))

    def forward(self, x):
        fine = self.fine(x)
        coarse = self.coarse(fine)
        scores = [
            name(m).flatten(2)[..., :1] for name, m in zip(self.names, (fine, coarse), strict=True)
        ]
        scores = torch.cat(scores, dim=2).transpose(1, 2)
        return torch.cat([torch.zeros(*scores.shape[:2], 8), scores], dim=2)


def test_of_boxes_the_surest_of_a_class_is_explained_where_it_was_read():
    torch.manual_seed(0)
    model, x = Detector().eval(), torch.randn(1, 1, 8, 8)
    found = model(x)[0, :, 8:]
    shares = found.softmax(1)[:, 1:]
    best = [found[int(shares[:, k].argmax()), 1 + k] for k in range(2)]
    assert torch.equal(attribution.scores_of(model, x)(x)[0], torch.stack(best))
    assert torch.equal(attribution.surest(model(x))[1][0], shares.amax(0))
    names = attribution.convolutions(model, attribution.layers(model, x))
    for candidate, layer in enumerate(("fine", "coarse")):
        read = attribution.read_last(
            names, model, lambda candidate=candidate: model(x)[0, candidate, 9]
        )
        assert read == layer


def test_convolutions_that_a_model_writes_for_itself_count():
    model = nna.build("lenet_1989").eval()
    found = attribution.layers(model, torch.zeros(1, 1, 16, 16))
    assert attribution.convolutions(model, found) == ["body.h1", "body.h2"]


@pytest.mark.parametrize("method", [None, "saliency", "grad-cam", "occlusion"])
def test_a_test_example_is_explained(planted, capsys, method):
    chosen = ["--method", method] if method else []
    told = ask(capsys, planted.folder, "3", *chosen)
    assert set(told["attributions"]) == ({method} if method else {*attribution.METHODS})
    assert told["class"].removeprefix("class ") in ("dark", "bright")
    assert 0.5 <= told["probability"] <= 1
    assert told["picture"].startswith("test example 3 (truly ")
    if method in (None, "grad-cam"):
        assert told["layer"] in told["layers"]
    with PIL.Image.open(told["path"]) as drawn:
        assert drawn.format == "PNG"
        assert min(drawn.size) > 200
    for of in told["attributions"].values():
        assert of["least"] <= of["mean"] <= of["greatest"]
        assert 0 <= of["row"] < 32


def test_the_class_can_be_chosen(planted, capsys):
    both = [ask(capsys, planted.folder, "0", "--class", name) for name in ("dark", "bright")]
    assert [told["class"] for told in both] == ["class dark", "class bright"]
    assert sum(told["probability"] for told in both) == pytest.approx(1)
    assert both[0]["path"] != both[1]["path"]


def test_a_picture_of_ones_own_is_seen_as_in_training(planted, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(
        "nna.workbench.evaluation.uncertainty.read", lambda run: Calibration(temperature=3.0)
    )
    x, y = pictures(2)
    for one, name in zip(x, y, strict=True):
        path = tmp_path / f"{name}.png"
        PIL.Image.fromarray((np.clip(one[0], 0, 1) * 255).astype(np.uint8)).save(path)
        told = ask(capsys, planted.folder, path, "--out", tmp_path / "out.png")
        assert told["class"] == f"class {name}"
        assert told["path"] == str(tmp_path / "out.png")
        answer = nna.load(planted.folder).predict(path)
        assert answer[0].probability == pytest.approx(told["probability"], abs=1e-4)


def test_filters_and_features_are_drawn(planted, capsys):
    told = ask(capsys, planted.folder, "--method", "filters")
    weight = nna.load(planted.folder).model.get_submodule(told["layer"]).weight
    assert told["layer"] == told["layers"][0]
    assert told["shape"] == [*weight.shape]
    assert told["greatest"] == pytest.approx(float(weight.detach().max()))
    second = ask(capsys, planted.folder, "--method", "filters", "--layer", told["layers"][1])
    assert second["shape"][1] == told["shape"][0]
    seen = ask(capsys, planted.folder, "1", "--method", "features")
    assert [layer["layer"] for layer in seen["layers"]] == told["layers"]
    assert seen["layers"][0]["shape"] == [6, 28, 28]
    alone = ask(capsys, planted.folder, "1", "--method", "features", "--layer", "body.s2")
    assert [layer["shape"] for layer in alone["layers"]] == [[6, 14, 14]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "reference", ["resnet", pytest.param("mobilenet_v2", marks=pytest.mark.exhaustive)]
)
def test_deep_networks_of_colour_pictures_are_drawn(reference, tmp_path):
    x = np.random.default_rng(0).random((12, 3, 32, 32), dtype=np.float32)
    np.savez(tmp_path / "noise.npz", x=x, y=np.arange(12) % 2)
    run = nna.train(
        reference, str(tmp_path / "noise.npz"), out=tmp_path, recipe={"epochs": 1}, quiet=True
    )
    told = explain(run.folder, method="features")
    names = [layer.layer for layer in told.found.layers]
    assert PIL.Image.open(told.path).size[0] > 200
    for layer in (None, names[1], names[-1]):  # colours, depthwise or several maps, one pixel
        told = explain(run.folder, method="filters", layer=layer)
        assert PIL.Image.open(told.path).size[0] > 200


def test_tiles_lie_row_by_row():
    images = np.arange(5.0)[:, None, None] * np.ones((5, 12, 24))
    wall = saliency.tiled(images, 3)
    assert wall.shape == (2 * 12 + 1, 3 * 24 + 2)
    assert (wall[0, 0], wall[0, -1], wall[-1, 0], wall[-1, 25]) == (0, 2, 3, 4)
    assert np.isnan(wall[12]).all()
    assert np.isnan(wall[-1, -1])


def test_people_are_told_where_and_what_next(planted, capsys):
    assert command(["explain", str(planted.folder)]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "test example 0" in shown.out
    assert "saliency" in shown.out
    (path,) = re.findall(r"^drawn +(\S+\.png)$", shown.out, re.M)
    assert PIL.Image.open(path).format == "PNG"
    assert f"nna explain {planted.folder} --method filters" in shown.out
    for method in ("filters", "features"):
        assert command(["explain", str(planted.folder), "--method", method]) == 0
        assert "next" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--method", "gradcam"], "no method 'gradcam'; there are: saliency, grad-cam"),
        (["--layer", "body.c9.0"], "no layer 'body.c9.0' with maps; did you mean body.c"),
        (["--layer", "body.s2", "--method", "filters"], "body.s2 is no convolution"),
        (["--class", "brihgt"], "no class 'brihgt'; there are: bright, dark"),
        (["80"], "no test example 80: the run has 80, numbered 0 to 79"),
        (["absent.png"], "no such file, folder or dataset"),
        (["--method", "saliency", "--layer", "body.c1.0"], "--layer is for grad-cam"),
        (["--method", "filters", "--class", "dark"], "--class is for saliency"),
        (["3", "--method", "filters"], "leave the picture out"),
        (["--out", "picture.jpg"], "ends in .png"),
        (["--out", "absent/picture.png"], "in a folder that exists"),
    ],
)
def test_what_can_be_mended_is_told_in_one_line(planted, capsys, arguments, told):
    before = {*planted.folder.iterdir()}
    assert told in complaint(capsys, planted.folder, *arguments)
    assert {*planted.folder.iterdir()} == before


def test_files_that_are_no_single_picture(planted, tmp_path, capsys):
    (tmp_path / "letter.png").write_text("Dear reader")
    assert "not a picture" in complaint(capsys, planted.folder, tmp_path / "letter.png")
    (tmp_path / "letter.png").unlink()
    for number in range(2):
        PIL.Image.new("L", (SIDE, SIDE)).save(tmp_path / f"{number}.png")
    assert "holds 2 examples; name one" in complaint(capsys, planted.folder, tmp_path)


def test_a_picture_of_another_size_is_explained_at_the_size_of_training(planted, tmp_path, capsys):
    PIL.Image.new("L", (9, 9)).save(tmp_path / "odd.png")
    out = tmp_path / "seen.png"
    asked = ["explain", str(planted.folder), str(tmp_path / "odd.png"), "--method", "saliency"]
    assert command([*asked, "--out", str(out)]) == 0
    assert "scaled to 16x16 pixels as in training" in capsys.readouterr().err
    assert PIL.Image.open(out).format == "PNG"


def test_a_network_without_convolutions_is_refused(dense, tmp_path, capsys):
    assert "mlp/desk for classification; what is explained" in complaint(capsys, dense.folder)
    assert "is no run" in complaint(capsys, tmp_path)
    assert "Attributions" not in (dense.folder / "report.html").read_text()


def test_a_task_without_scores_has_filters_and_features_only(planted, tmp_path, capsys):
    folder = shutil.copytree(planted.folder, tmp_path / "run")
    asked = (folder / "run.json").read_text()
    (folder / "run.json").write_text(asked.replace('"classification"', '"reconstruction"'))
    assert "reconstruction gives no score" in complaint(capsys, folder)
    assert command(["explain", str(folder), "--method", "filters"]) == 0


def test_without_captum_the_command_says_how_to_get_it(planted, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum", None)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    assert "pip install 'nna[vision]'" in complaint(capsys, planted.folder, "3")
    assert command(["explain", str(planted.folder), "--method", "filters"]) == 0  # need it not
    assert command(["explain", str(planted.folder), "--method", "features"]) == 0


def test_the_report_shows_what_it_looked_at(planted, monkeypatch):
    finish(planted, nna.load(planted.folder).model, material_of(planted))
    page = planted.folder / "report.html"
    section = page.read_text().split("Attributions</h2>")[1].split("<h2>")[0]
    assert "data:image/png;base64," in section
    agreed = [float(number) for number in re.findall(r"(-?\d\.\d\d) \(", section)]
    assert len(agreed) == 2
    assert all(abs(number) < 0.6 for number in agreed)
    monkeypatch.setitem(sys.modules, "captum", None)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    trained = nna.load(planted.folder)
    whole = page.read_text()
    finish(trained.run, trained.model, material_of(trained.run))
    section = page.read_text().split("Attributions</h2>")[1].split("<h2>")[0]
    page.write_text(whole)
    assert "pip install &#39;nna[vision]&#39;" in section
    assert "<img" not in section


def test_pictures_for_the_report_are_some_right_ones_and_the_surest_mistakes():
    y = np.array([0, 0, 1, 1, 0, 1, 1, 0])
    scores = np.array([[4, 0], [3, 0], [0, 2], [1, 0], [0, 5], [0, 1], [9, 0], [0, 3.0]])
    assert [*image_report.chosen(scores, scores.argmax(1), y)] == [0, 2, 1, 6, 4, 7]
    assert [*image_report.chosen(scores, scores.argmax(1), scores.argmax(1))] == [0, 2, 1, 3, 4, 5]
    assert [*image_report.chosen(scores, scores.argmax(1), 1 - scores.argmax(1))] == [
        6,
        4,
        0,
        1,
        7,
        2,
    ]
    assert [*image_report.chosen(scores[:2], scores[:2].argmax(1), y[:2])] == [0, 1]
