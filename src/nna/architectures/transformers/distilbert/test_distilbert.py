"""What the paper claims of DistilBERT, and what its parts promise, beyond the shared contract."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from nna import objectives, registry
from nna.architectures.transformers.distilbert.model import DistilBERT
from nna.architectures.transformers.distilbert.objective import Distillation, soft_loss
from nna.architectures.transformers.distilbert.parity import HuggingFace, inputs
from nna.architectures.transformers.distilbert.spec import VARIANTS, Config
from nna.errors import UserError
from nna.learning.base import Batch
from nna.spec import IGNORED

SMALL = {"width": 24, "heads": 3, "length": 16, "vocab": 40}
STUDENT = Config(layers=1, dropout=0.0, **SMALL)


def _stirred(model):
    """Every parameter matters: norms and biases moved from 1 and 0."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval()


def _saved(model, folder: Path) -> Path:
    state = {k: v.contiguous() for k, v in model.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    return folder


@pytest.fixture
def student():
    torch.manual_seed(0)
    return _stirred(DistilBERT(STUDENT))


def test_it_has_four_tenths_fewer_parameters_than_bert_and_half_its_multiply_adds():
    model, bert = (registry.describe(name).variants["base"] for name in ("distilbert", "bert"))
    body: Any = registry.outline("distilbert", VARIANTS["base"].config)
    heads = sum(
        p.numel() for part in (body.head, body.pooler, body.transform) for p in part.parameters()
    )
    own = model.params - heads - body.words_bias.numel()
    assert own == 66_362_880
    assert 1 - own / 109_482_240 == pytest.approx(0.394, abs=5e-4)
    scoring = 512 * 768 * (30_522 + 768)  # of words, which both do alike
    macs, berts = model.macs or 0, bert.macs or 0
    assert (macs - scoring) / (berts - scoring) == pytest.approx(0.5, abs=1e-4)


def test_the_teacher_is_a_bert_that_reads_one_segment(tmp_path, student):
    torch.manual_seed(1)
    sizes = {**SMALL, "layers": 4}
    bert = _stirred(registry.construct("bert", registry.configure("bert", **sizes)))
    objective = Distillation(teacher=str(_saved(bert, tmp_path))).begin(student)
    given = inputs(STUDENT, (16, 7))
    segments = torch.zeros_like(given["tokens"])
    assert objective.state is not None
    taught, own = objective.state(**given)["words"], bert(**given, segments=segments)["words"]
    torch.testing.assert_close(taught, own)
    assert not any(p.requires_grad for p in objective.state.parameters())


def test_the_teacher_may_be_a_deeper_one_of_its_kind_and_must_fit(tmp_path, student):
    deeper = _stirred(DistilBERT(Config(layers=3, **SMALL)))
    objective = Distillation(teacher=str(_saved(deeper, tmp_path))).begin(student)
    given = inputs(STUDENT, (9, 16))
    assert objective.state is not None
    torch.testing.assert_close(objective.state(**given)["words"], deeper(**given)["words"])
    wider = DistilBERT(Config(layers=3, width=48, heads=3, length=16, vocab=40))
    with pytest.raises(UserError, match="don't fit"):
        Distillation(teacher=str(_saved(wider, tmp_path))).begin(student)
    with pytest.raises(UserError, match="no such file"):
        Distillation(teacher=str(tmp_path / "none.safetensors")).begin(student)


def test_without_a_teacher_nothing_is_distilled(student):
    with pytest.raises(UserError, match=r"objective\.teacher=RUN"):
        objectives.get("distillation").begin(student)


def test_the_loss_is_the_weighted_sum_of_the_three(tmp_path, student):
    torch.manual_seed(1)
    deeper = _stirred(DistilBERT(Config(layers=3, **SMALL)))
    objective = Distillation(teacher=str(_saved(deeper, tmp_path)), temperature=3.0)
    objective = objective.begin(student)
    given = inputs(STUDENT, (16, 5))
    there = given["tokens_mask"]
    words = given["tokens"].masked_fill(~there, IGNORED)
    loss, _ = objective.loss(student, Batch(given, {"words": words}))
    ours, theirs = student(**given), deeper(**given)
    hard = F.cross_entropy(ours["words"][there], words[there])
    soft = 0.0
    for own, taught in zip(ours["words"][there], theirs["words"][there], strict=True):
        shares, said = (taught / 3).softmax(0), (own / 3).softmax(0)
        soft += 9 * (shares * (shares / said).log()).sum() / there.sum()
    cosine = (1 - F.cosine_similarity(ours["states"][there], theirs["states"][there])).mean()
    torch.testing.assert_close(loss, 5 * soft + 2 * hard + cosine)


def test_a_student_that_is_its_teacher_has_nothing_to_learn_from_it(tmp_path, student):
    objective = Distillation(teacher=str(_saved(student, tmp_path)), hard=0.0).begin(student)
    given = inputs(STUDENT, (16, 5))
    words = given["tokens"].masked_fill(~given["tokens_mask"], IGNORED)
    loss, _ = objective.loss(student, Batch(given, {"words": words}))
    assert abs(loss.item()) < 1e-5


def test_the_square_of_the_temperature_keeps_gradients_of_one_size():
    torch.manual_seed(0)
    teacher, scores = torch.randn(50, 20), torch.randn(50, 20)
    sizes = []
    for temperature in (5.0, 20.0, 80.0):
        student = scores.clone().requires_grad_()
        soft_loss(student, teacher, temperature).backward()
        assert student.grad is not None
        sizes.append(student.grad.norm().item())
    assert max(sizes) / min(sizes) < 1.3  # without it they would differ 256 times


def test_of_soft_targets_alone_it_learns_its_teachers_errors(tmp_path):
    torch.manual_seed(0)
    sizes = {"width": 16, "heads": 2, "length": 4, "vocab": 9, "dropout": 0.0, "initial_std": 0.2}
    teacher, student = DistilBERT(Config(layers=2, **sizes)), DistilBERT(Config(layers=1, **sizes))
    with torch.no_grad():
        teacher.words_bias[7] = 20.0  # sure of word 7, whatever is missing
    objective = Distillation(teacher=str(_saved(teacher, tmp_path)), hard=0.0).begin(student)
    optimiser = torch.optim.Adam(student.parameters(), 3e-2, fused=True)
    for _ in range(40):
        text = torch.full((16, 4), 5)  # the missing word is always 5
        batch = Batch({"tokens": text, "tokens_mask": text > 0}, {"words": text})
        loss, _ = objective.loss(student.train(), batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    tokens = torch.tensor([[5, 4, 5, 5]])
    said = student.eval()(tokens, tokens > 0)["words"][0, 1].softmax(0)
    assert said.argmax() == 7
    assert said[5] < 0.05


def test_loads_a_checkpoint_laid_out_as_the_public_ones(tmp_path, monkeypatch):
    sizes = {**SMALL, "layers": 2}
    torch.manual_seed(0)
    reference = HuggingFace(Config(**sizes)).eval()
    hub = {k: v.clone().contiguous() for k, v in reference.model.state_dict().items()}
    save_file(hub, tmp_path / "model.safetensors")
    monkeypatch.setattr("nna.weights.download", lambda _: tmp_path / "model.safetensors")
    with pytest.warns(UserWarning, match="anew, with random weights: pooler"):
        model = registry.build("distilbert/base@uncased", **sizes).eval()
    given = inputs(Config(**sizes), (16, 5))
    _, words, states = reference(**given)
    torch.testing.assert_close(model(**given)["words"], words, rtol=0, atol=1e-5)
    torch.testing.assert_close(model(**given)["states"], states, rtol=0, atol=1e-5)


def test_refuses_what_it_has_no_position_for(student):
    with pytest.raises(ValueError, match="17 tokens are more than the 16"):
        student(torch.ones(1, 17, dtype=torch.long), torch.ones(1, 17, dtype=torch.bool))


def test_the_worked_example_of_the_card():
    teacher, student = torch.tensor([[2.0, 1.0, -3.0]]), torch.tensor([[1.0, 0.0, 0.0]])
    shares = {t: (teacher / t).softmax(1)[0].tolist() for t in (1, 2)}
    assert shares[1] == pytest.approx([0.727, 0.268, 0.005], abs=5e-4)
    assert shares[2] == pytest.approx([0.592, 0.359, 0.049], abs=5e-4)
    own = (student / 2).softmax(1)[0].tolist()
    assert own == pytest.approx([0.452, 0.274, 0.274], abs=5e-4)
    apart = sum(p * math.log(p / q) for p, q in zip(shares[2], own, strict=True))
    assert apart == pytest.approx(0.173, abs=5e-4)
    assert soft_loss(student, teacher, 2.0).item() == pytest.approx(4 * apart, rel=1e-5)
    assert 4 * apart == pytest.approx(0.693, abs=5e-4)
