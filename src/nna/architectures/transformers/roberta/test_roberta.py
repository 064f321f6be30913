"""What the paper claims of RoBERTa, and what its parts promise, beyond the shared contract."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from nna import objectives, registry, weights
from nna.architectures.transformers.roberta.model import RoBERTa
from nna.architectures.transformers.roberta.parity import HuggingFace, inputs
from nna.architectures.transformers.roberta.spec import FIRST, VARIANTS, Config
from nna.architectures.transformers.roberta.weights import RULES
from nna.learning.base import Batch
from nna.spec import IGNORED

SMALL = Config(layers=2, width=24, heads=3, length=16, vocab=40)


def _model(config: Config = SMALL) -> RoBERTa:
    """An untrained model whose every parameter matters: norms and biases moved from 1 and 0."""
    torch.manual_seed(0)
    model = RoBERTa(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize(("size", "body"), [("base", 124_645_632), ("large", 355_359_744)])
def test_the_body_without_what_scores_words_and_classes(size, body):
    model: Any = registry.outline("roberta", VARIANTS[size].config)
    heads = sum(p.numel() for part in (model.head, model.transform) for p in part.parameters())
    assert VARIANTS[size].params - heads - model.words_bias.numel() == body


def test_it_is_bert_but_for_the_vocabulary_the_positions_and_the_segment():
    ours, berts = VARIANTS["base"], registry.describe("bert").variants["base"]
    words = (ours.config.vocab - berts.config.vocab) * (ours.config.width + 1)  # and a bias each
    assert ours.params - berts.params == words + (FIRST - 1) * ours.config.width


def test_positions_are_numbered_from_two_and_padding_has_none():
    model, seen = _model(), []
    model.embeddings.positions.register_forward_hook(lambda _, args, __: seen.append(args[0]))
    model(**inputs(SMALL, (5, 2)))
    assert seen[0].tolist() == [[2, 3, 4, 5, 6], [2, 3, 1, 1, 1]]


def test_every_word_sees_both_sides():
    model, given = _model(), inputs(SMALL, (16, 16))
    before = model(**given)["words"]
    for at in (0, 7, 15):
        changed = given["tokens"].clone()
        changed[:, at] = FIRST + (changed[:, at] + 1 - FIRST) % (40 - FIRST)
        moved = (model(**{**given, "tokens": changed})["words"] - before).abs().amax((0, 2))
        assert (moved > 1e-4).all()


def test_a_text_that_is_met_twice_misses_other_words():
    torch.manual_seed(0)
    text = torch.randint(5, 40, (1, 200))
    objective: Any = objectives.get("masked_language_modelling")
    gone = [objective.drawn(text, text, 40)[1] != IGNORED for _ in range(2)]
    assert gone[0].sum() == gone[1].sum() == 30
    assert (gone[0] & gone[1]).sum() < 12  # of 30 by chance 4.5


def test_missing_words_teach_the_head_of_the_whole_text_nothing():
    torch.manual_seed(0)
    model = RoBERTa(SMALL)
    objective: Any = objectives.get("masked_language_modelling")
    before = {name: of.clone() for name, of in model.named_parameters()}
    optimiser = torch.optim.Adam(model.parameters(), 1e-2, fused=True)
    for _ in range(3):
        given = inputs(SMALL, (16, 9))
        words = given["tokens"].masked_fill(~given["tokens_mask"], IGNORED)
        loss, _ = objective.loss(model, Batch(given, {"words": words}))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    still = {name for name, of in model.named_parameters() if torch.equal(of, before[name])}
    assert still == {"pooler.weight", "pooler.bias", "head.weight", "head.bias"}


def test_loads_a_checkpoint_laid_out_as_the_public_ones(tmp_path, monkeypatch):
    sizes = {"layers": 2, "width": 24, "heads": 3, "length": 16, "vocab": 40}
    torch.manual_seed(0)
    reference = HuggingFace(Config(**sizes)).eval()
    hub = dict(reference.model.state_dict())
    hub["roberta.pooler.dense.weight"] = torch.randn(24, 24)  # there, though nothing taught it
    hub["roberta.pooler.dense.bias"] = torch.randn(24)
    hub["roberta.embeddings.position_ids"] = torch.arange(18)[None]
    save_file({k: v.clone().contiguous() for k, v in hub.items()}, tmp_path / "model.safetensors")
    monkeypatch.setattr("nna.weights.download", lambda _: Path(tmp_path / "model.safetensors"))
    with pytest.warns(UserWarning, match=r"anew, with random weights: head\.weight, head\.bias"):
        model = registry.build("roberta/base@public", **sizes).eval()
    given = inputs(Config(**sizes), (16, 5))
    ours, theirs = model(**given)["words"], reference(**given)[1]
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)


def test_weights_that_lack_a_fresh_part_load_whole_and_say_so(tmp_path, monkeypatch):
    torch.manual_seed(0)
    theirs = HuggingFace(SMALL).model.state_dict()
    save_file({k: v.clone().contiguous() for k, v in theirs.items()}, tmp_path / "w.safetensors")
    monkeypatch.setattr("nna.weights.download", lambda _: Path(tmp_path / "w.safetensors"))
    public = registry.published("roberta", "base", "public")
    public = dataclasses.replace(public, fresh=(r"^head\.", r"^pooler\."))
    model = RoBERTa(SMALL)
    head = model.head.weight.clone()
    fresh = weights.load_published(model, public)
    assert {*fresh} == {"pooler.weight", "pooler.bias", "head.weight", "head.bias"}
    assert torch.equal(model.head.weight, head)
    assert torch.equal(
        model.embeddings.words.weight, weights.translate(theirs, RULES)["embeddings.words.weight"]
    )


def test_refuses_what_it_has_no_position_for():
    with pytest.raises(ValueError, match="17 tokens are more than the 16"):
        _model()(**inputs(dataclasses.replace(SMALL, length=17), (17,)))


def test_the_worked_example_of_the_card():
    there = torch.tensor([[True, True, True, False], [True, False, False, False]])
    positions = there.cumsum(1) * there + FIRST - 1
    assert positions.tolist() == [[2, 3, 4, 1], [2, 1, 1, 1]]
    chance = 0.85**10
    assert chance == pytest.approx(0.197, abs=5e-4)
    assert 1 - chance == pytest.approx(0.803, abs=5e-4)
