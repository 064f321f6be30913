"""Detection: average precision of known cases, and what counts as found."""

import numpy as np
import pytest
import torch

import nna
from nna import objectives
from nna.blocks.boxes import offsets
from nna.data import catalog
from nna.errors import UserError
from nna.learning.base import Batch
from nna.workbench.evaluation import metrics
from nna.workbench.evaluation.model_outputs import found

TRUTH = np.array([[[0, 2, 2, 12, 12], [1, 14, 14, 30, 30]], [[1, 5, 5, 15, 25], [-1] * 5]], float)


def exact(shift: float = 0.0) -> list[np.ndarray]:
    rows = []
    for of_picture in TRUTH:
        real = of_picture[of_picture[:, 0] >= 0]
        rows.append(np.column_stack([real[:, 0], np.full(len(real), 0.9), real[:, 1:] + shift]))
    return rows


def test_exact_boxes_are_perfect_and_none_are_worth_nothing():
    perfect = metrics.detection(exact(), TRUTH, 2)
    assert perfect["AP"].value == pytest.approx(1)
    assert perfect["AP50"].value == pytest.approx(1)
    nothing = metrics.detection([np.zeros((0, 6))] * 2, TRUTH, 2)
    assert nothing["AP50"].value == 0


def test_boxes_a_little_off_count_at_half_overlap_only():
    off = metrics.detection(exact(shift=2.0), TRUTH, 2)
    assert off["AP"].value < 0.5
    assert off["AP50"].value > off["AP"].value + 0.2


def test_of_near_copies_the_best_is_found_with_its_class():
    references = torch.tensor([[0.0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30]])
    goals = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 10], [20, 20, 28, 30]])
    scores = torch.tensor([[0.0, 4, 0], [0, 6, 0], [0, 0, 5]])
    rows = torch.cat([references, offsets(goals, references), scores], dim=1)[None]
    (kept,) = found(rows.numpy(), least=0.5)
    assert kept[:, 0].tolist() == [0, 1]
    np.testing.assert_allclose(kept[:, 2:], [[0, 0, 10, 10], [20, 20, 28, 30]], atol=1e-4)


def test_the_loss_vanishes_for_sure_and_exact_answers_only():
    references = torch.tensor([[0.0, 0, 10, 10], [40, 40, 50, 50]]).repeat(1, 1, 1)
    truth = torch.tensor([[[1.0, 1, 0, 11, 10]]])
    goal = offsets(truth[..., 1:], references[:, :1])
    by = torch.cat([goal, torch.zeros(1, 1, 4)], dim=1)
    sure = torch.tensor([[[0.0, 0, 50], [50, 0, 0]]])
    loss = objectives.get("multibox").loss
    good, _ = loss(
        torch.nn.Identity(), Batch({"input": torch.cat([references, by, sure], 2)}, {"y": truth})
    )
    bad, _ = loss(
        torch.nn.Identity(), Batch({"input": torch.cat([references, by, -sure], 2)}, {"y": truth})
    )
    assert float(good) == pytest.approx(0, abs=1e-5)
    assert float(bad) > 50


def test_without_what_measures_it_nothing_is_trained(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'nna\[vision\]'"):
        nna.train("ssd", "digit_boxes", out=tmp_path / "runs", quiet=True)
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_a_detector_from_training_to_boxes(tmp_path, monkeypatch):
    asked = {"recipe": {"epochs": 1}, "max_samples": 100, "quiet": True}
    run = nna.train("ssd", "digit_boxes", out=tmp_path, **asked)
    measured = run.results()
    assert measured is not None
    assert 0 <= measured["metrics"]["AP50"]["value"] <= 1
    assert "Boxes" in (run.folder / "report.html").read_text(encoding="utf-8")
    trained = nna.load(run.folder)  # nested settings came back from JSON
    few = catalog.load("digit_boxes")
    few = few.take(np.arange(20))
    monkeypatch.setattr(catalog, "load", lambda name, data_dir=None: few)
    answers = trained.predict("digit_boxes")
    assert answers
    assert all(answer.left < answer.right for answer in answers)
    beyond = np.array([[0, 0.9, -5, 2, 99, 12], [1, 0.8, 90, 90, 99, 99]])
    monkeypatch.setattr(
        "nna.workbench.evaluation.model_outputs.found", lambda out, least: [beyond] * len(out)
    )
    side = run.request.port["size"]
    edges = {
        (answer.class_, answer.left, answer.right, answer.bottom)
        for answer in trained.predict("digit_boxes")
    }
    assert edges == {("0", 0.0, float(side), 12.0)}
