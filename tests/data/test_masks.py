"""Pictures with masks beside them, from a folder to a trained model and its own masks."""

import numpy as np
import pytest
from PIL import Image

import nna
from nna.data.sources import open_file
from nna.errors import UserError
from nna.workbench.other_data import measure


@pytest.fixture
def folder(tmp_path):
    """Twelve grey pictures with a bright square each, and its mask."""
    rng = np.random.default_rng(0)
    for kind in ("images", "masks"):
        (tmp_path / "own" / kind).mkdir(parents=True)
    for number in range(12):
        mask = np.zeros((16, 16), np.uint8)
        top, left = rng.integers(2, 8, 2)
        mask[top : top + 6, left : left + 6] = 1
        picture = (60 * rng.random((16, 16)) + 180 * mask).astype(np.uint8)
        mask[0, 0] = 255
        Image.fromarray(picture).save(tmp_path / "own" / "images" / f"{number:02}.png")
        Image.fromarray(mask).save(tmp_path / "own" / "masks" / f"{number:02}.png")
    return tmp_path / "own"


def test_pictures_and_masks_are_paired_by_name(folder):
    examples = open_file(folder)
    assert (examples.task.name, examples.classes) == ("segmentation", ("class 0", "class 1"))
    assert examples.x.shape == (12, 1, 16, 16)
    assert examples.y.shape == (12, 16, 16)
    assert (examples.y[:, 0, 0] == -1).all()
    bright = examples.x[:, 0] > 0.5
    assert (bright[examples.y >= 0] == (examples.y == 1)[examples.y >= 0]).all()


def test_classes_get_their_names(folder):
    (folder / "classes.txt").write_text("ground\nsquare\nnever seen\n")
    assert open_file(folder).classes == ("ground", "square", "never seen")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda f: (f / "masks" / "03.png").unlink(), "1 of 12 files .*images/03.png has no mask"),
        (
            lambda f: (f / "images" / "03.png").unlink(),
            "1 of 12 files .*masks/03.png has no picture",
        ),
        (lambda f: Image.new("L", (8, 8)).save(f / "masks" / "03.png"), "03.png is 8x8"),
        (lambda f: Image.new("RGB", (16, 16)).save(f / "masks" / "03.png"), "kind RGB"),
        (lambda f: (f / "masks" / "03.png").write_text("none"), "not a picture, or damaged"),
        (lambda f: Image.new("L", (16, 16), 7).save(f / "masks" / "03.png"), "0, 1, 7; number"),
        (lambda f: (f / "classes.txt").write_text("ground\n"), "names 1 classes; .* number 1"),
    ],
)
def test_faults_are_one_clear_line(folder, harm, said):
    harm(folder)
    with pytest.raises(UserError, match=said) as caught:
        open_file(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["images", "masks"])
def test_a_pair_of_which_one_is_bad_is_left_out_when_asked(folder, kind):
    (folder / kind / "03.png").write_text("none")
    (folder / kind / "05.png").unlink()
    examples = open_file(folder, skip_bad=True)
    assert len(examples.x) == len(examples.y) == 10
    assert {"03.png", "05.png"}.isdisjoint(examples.names)
    assert sum(note.startswith("left out") for note in examples.notes) == 2
    bright = examples.x[:, 0] > 0.5
    assert (bright[examples.y >= 0] == (examples.y == 1)[examples.y >= 0]).all()


@pytest.mark.slow
def test_from_a_folder_to_masks_of_new_pictures(folder, tmp_path):
    run = nna.train(
        "unet",
        str(folder),
        out=tmp_path / "runs",
        settings={"width": 8, "depth": 1},
        recipe={"epochs": 30, "batch_size": 4, "augment": ("flip",)},
        quiet=True,
    )
    measured = run.results()
    assert measured["metrics"]["mean IoU"]["value"] > 0.8
    assert len(measured["IoU"]) == 2
    trained = nna.load(run.folder)
    written = trained.write_masks(trained.read(folder / "images"), tmp_path / "out")
    assert [path.name for path in written] == [f"{number:02}.png" for number in range(12)]
    mask = np.asarray(Image.open(written[0]))
    truth = np.asarray(Image.open(folder / "masks" / "00.png"))
    assert ((mask == 1) == (truth == 1)).mean() > 0.9
    answer = trained.predict(folder / "images")[0]
    assert sum(answer.shares.values()) == pytest.approx(1, abs=1e-3)
    assert "Masks" in (run.folder / "report.html").read_text()
    elsewhere = measure(trained, str(folder))
    assert elsewhere.test_examples == measured["test examples"] == 3  # the others were learnt
    assert elsewhere.metrics["mean IoU"].value > 0.8
