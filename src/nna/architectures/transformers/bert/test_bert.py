"""What the paper claims of BERT, and what its parts promise, beyond the shared contract."""

import dataclasses
import itertools
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from nna import objectives, registry, weights
from nna.architectures.transformers.bert.model import BERT
from nna.architectures.transformers.bert.parity import hugging_face, inputs
from nna.architectures.transformers.bert.spec import VARIANTS, Config
from nna.architectures.transformers.bert.weights import RULES
from nna.blocks.encoder_layer import SelfAttention
from nna.blocks.unfilled import outlined
from nna.learning.base import Batch
from nna.spec import IGNORED

SMALL = Config(layers=2, width=24, heads=3, length=16, vocab=40)


def _model(config: Config = SMALL) -> BERT:
    """An untrained model whose every parameter matters: norms and biases moved from 1 and 0."""
    torch.manual_seed(0)
    model = BERT(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def test_the_fused_kernel_computes_attention_as_defined():
    torch.manual_seed(0)
    layer, x = SelfAttention(24, 3, 0.0).double(), torch.randn(2, 9, 24, dtype=torch.float64)
    mask = (torch.arange(9) < torch.tensor([[9], [4]]))[:, None, None]
    query, key, value = layer.qkv(x).unflatten(-1, (3, 3, 8)).permute(2, 0, 3, 1, 4)
    scores = (query @ key.transpose(-2, -1) / math.sqrt(8)).masked_fill(~mask, -math.inf)
    defined = layer.proj((scores.softmax(-1) @ value).transpose(1, 2).flatten(2))
    torch.testing.assert_close(layer(x, mask), defined, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("size", "body"), [("base", 109_482_240), ("large", 335_141_888)])
def test_the_body_without_the_heads_of_pre_training(size, body):
    model: Any = registry.outline("bert", VARIANTS[size].config)
    heads = sum(p.numel() for part in (model.head, model.transform) for p in part.parameters())
    assert VARIANTS[size].params - heads - model.words_bias.numel() == body


def test_every_word_sees_both_sides():
    model = _model()
    given = inputs(SMALL, (16, 16))
    before = model(**given)["words"]
    for at in range(16):
        changed = given["tokens"].clone()
        changed[:, at] = (changed[:, at] + 1) % 40
        after = model(**{**given, "tokens": changed})["words"]
        moved = (after - before).abs().amax((0, 2))
        assert (moved > 1e-4).all()


def test_what_pads_a_text_changes_nothing():
    model = _model()
    given = inputs(SMALL, (16, 7, 11))
    together = model(**given)
    for row, length in enumerate((16, 7, 11)):
        alone = model(**{name: of[row : row + 1, :length] for name, of in given.items()})
        torch.testing.assert_close(together["output"][row], alone["output"][0])
        torch.testing.assert_close(together["words"][row, :length], alone["words"][0])


def test_the_segment_tells_the_sentences_apart():
    model = _model()
    given = inputs(SMALL, (16,))
    swapped = model(**{**given, "segments": 1 - given["segments"]})
    assert (swapped["output"] - model(**given)["output"]).abs().max() > 1e-3


def test_the_other_form_of_gelu_is_another_network():
    model = _model()
    given = inputs(SMALL, (16, 7))
    exact = model(**given)["words"]
    for part in model.modules():
        if isinstance(part, nn.GELU):
            part.approximate = "tanh"
    apart = (model(**given)["words"] - exact).abs().max() / exact.abs().max()
    assert 1e-5 < apart < 1e-2


def test_hugging_faces_base_has_the_same_parameters_in_the_same_shapes():
    with outlined():
        ours = BERT(VARIANTS["base"].config).state_dict()
        theirs = weights.translate(hugging_face(VARIANTS["base"].config).state_dict(), RULES)
    assert {k: v.shape for k, v in theirs.items()} == {k: v.shape for k, v in ours.items()}


def _published(folder: Path, sizes: dict[str, int]) -> nn.Module:
    """A file as the hub has it: a norm's weight is called gamma there, its bias beta."""
    torch.manual_seed(0)
    reference = hugging_face(Config(**sizes)).eval()
    hub = dict(reference.state_dict())
    hub.pop("cls.predictions.decoder.bias", None)
    for name in [name for name in hub if "LayerNorm" in name]:
        older = name.replace("LayerNorm.weight", "LayerNorm.gamma")
        hub[older.replace("LayerNorm.bias", "LayerNorm.beta")] = hub.pop(name)
    save_file({k: v.clone().contiguous() for k, v in hub.items()}, folder / "model.safetensors")
    return reference


def test_loads_a_checkpoint_laid_out_as_the_public_ones(tmp_path, monkeypatch):
    sizes = {"layers": 2, "width": 24, "heads": 3, "length": 16, "vocab": 40}
    reference, asked = _published(tmp_path, sizes), []

    def download(repository: str) -> Path:
        asked.append(repository)
        return tmp_path / "model.safetensors"

    monkeypatch.setattr("nna.weights.download", download)
    model: Any = registry.build("bert/base@uncased", **sizes).eval()
    assert asked == ["google-bert/bert-base-uncased"]
    given = inputs(Config(**sizes), (16, 5))
    theirs = reference(
        given["tokens"], attention_mask=given["tokens_mask"], token_type_ids=given["segments"]
    )
    ours = model(**given)
    torch.testing.assert_close(ours["words"], theirs.prediction_logits, rtol=0, atol=1e-5)
    torch.testing.assert_close(ours["output"], theirs.seq_relationship_logits, rtol=0, atol=1e-5)
    with pytest.warns(UserWarning, match=r"anew, with random weights: head\.weight, head\.bias"):
        fresh: Any = registry.build("bert/base@uncased", **sizes, classes=5)
    torch.testing.assert_close(fresh.embeddings.words.weight, model.embeddings.words.weight)
    assert fresh.head.out_features == 5


def test_refuses_what_it_has_no_position_for_and_heads_that_do_not_divide():
    with pytest.raises(ValueError, match="17 tokens are more than the 16"):
        _model()(**inputs(dataclasses.replace(SMALL, length=17), (17,)))
    with pytest.raises(ValueError, match="multiple of heads"):
        BERT(Config(layers=1, width=10, heads=3))


def test_the_worked_example_of_the_card():
    the, gap, sat = torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    cat, rug = torch.tensor([[3.0, 3.0], [4.0, 0.0]])
    shares, losses = {}, {}
    for side, seen in {"both": [the, gap, sat], "left": [the, gap]}.items():
        keys = torch.stack(seen)
        found = F.scaled_dot_product_attention(gap[None], keys, keys)[0]
        scores = torch.stack([cat, rug]) @ found
        shares[side] = scores.softmax(0)[0].item()
        losses[side] = F.cross_entropy(scores[None], torch.tensor([0])).item()
    assert shares == pytest.approx({"both": 0.661, "left": 0.378}, abs=5e-4)
    assert losses == pytest.approx({"both": 0.414, "left": 0.974}, abs=5e-4)


def _trained(updates: int) -> BERT:
    """Trained on texts of two letters that are always the same, a or b, one of them left out."""
    torch.manual_seed(0)
    model = BERT(Config(layers=1, width=16, heads=2, length=2, vocab=7, initial_std=0.2))
    model.head.requires_grad_(False)
    optimiser = torch.optim.Adam(model.parameters(), 1e-2, fused=True)
    loss_of: Any = objectives.get("masked_language_modelling", {"share": 0.75})
    for _ in range(updates):
        text = torch.randint(5, 7, (64, 1)).expand(-1, 2).contiguous()
        given = {"tokens": text, "tokens_mask": text > 0, "segments": torch.zeros_like(text)}
        loss, _ = loss_of.loss(model, Batch(given, {"words": text}))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model.eval()


def _shares(model: BERT, text: list[int]) -> torch.Tensor:
    tokens = torch.tensor([text])
    given = {"tokens": tokens, "tokens_mask": tokens > 0, "segments": torch.zeros_like(tokens)}
    return model(**given)["words"][0].softmax(-1)


def test_two_words_left_out_together_are_guessed_each_for_itself():
    model = _trained(120)
    assert _shares(model, [5, 4])[1, 5] > 0.8  # the other tells
    assert _shares(model, [4, 6])[0, 6] > 0.65
    first, second = _shares(model, [4, 4])
    joint = {(a, b): (first[a] * second[b]).item() for a, b in itertools.product((5, 6), (5, 6))}
    never_seen = joint[5, 6] + joint[6, 5]
    assert never_seen == pytest.approx(0.5, abs=0.1)  # half of what it would write


def test_a_text_without_a_pair_is_learnt_by_its_words_alone():
    model = _model()
    given = inputs(SMALL, (16, 9))
    objective: Any = objectives.get("masked_language_modelling")
    words = given["tokens"].masked_fill(~given["tokens_mask"], IGNORED)
    of_words, _ = objective.loss(model, Batch(given, {"words": words}))
    both, parts = objective.loss(
        model, Batch(given, {"words": words, "pair": torch.tensor([0, 1])})
    )
    pair = F.cross_entropy(model(**given)["output"], torch.tensor([0, 1]))
    torch.testing.assert_close(both, of_words + pair)
    assert "pair error" in parts
