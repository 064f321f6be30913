"""What the paper claims of ALBERT, and what its parts promise, beyond the shared contract."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from nna import registry, weights
from nna.architectures.transformers.albert.model import ALBERT
from nna.architectures.transformers.albert.parity import hugging_face, inputs
from nna.architectures.transformers.albert.spec import VARIANTS, Config
from nna.architectures.transformers.albert.weights import RULES
from nna.blocks.unfilled import outlined
from nna.costs import count_multiply_adds
from nna.data import catalog, letters

SMALL = Config(layers=3, width=24, heads=3, embedding=10, length=16, vocab=40)


def _model(config: Config = SMALL) -> ALBERT:
    """An untrained model whose every parameter matters: norms and biases moved from 1 and 0."""
    torch.manual_seed(0)
    model = ALBERT(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize(
    ("size", "body"),
    [
        ("base", 11_683_584),
        ("large", 17_683_968),
        ("xlarge", 58_724_864),
        ("xxlarge", 222_595_584),
    ],
)
def test_the_body_without_the_heads_of_pre_training(size, body):
    model: Any = registry.outline("albert", VARIANTS[size].config)
    heads = sum(p.numel() for part in (model.head, model.transform) for p in part.parameters())
    assert VARIANTS[size].params - heads - model.words_bias.numel() == body


def test_narrow_words_save_five_sixths_of_their_table():
    table, widened = 30_000 * 768, 30_000 * 128 + 128 * 768
    assert (table, widened) == (23_040_000, 3_938_304)
    whole: Any = registry.outline("albert", VARIANTS["base"].config)
    embeddings = whole.embeddings
    assert embeddings.words.weight.numel() + embeddings.widen.weight.numel() == widened


def test_sharing_saves_parameters_and_no_multiply_adds():
    spec = registry.describe("albert")
    costs, params = dict[int, int](), dict[int, int]()
    for layers in (2, 4, 6):
        config = dataclasses.replace(VARIANTS["desk"].config, layers=layers)
        costs[layers] = count_multiply_adds("albert", spec, config) or 0
        params[layers] = sum(p.numel() for p in registry.outline("albert", config).parameters())
    assert costs[6] - costs[4] == costs[4] - costs[2] > 0
    assert len({*params.values()}) == 1
    berts = registry.describe("bert").variants["base"]
    scoring = {  # of words, the transform included: the layers are what is compared
        "bert": 512 * (768 * 768 + 768 * 30_522),
        "albert": 512 * (768 * 128 + 128 * 30_000),
    }
    bert, own = (
        (berts.macs or 0) - scoring["bert"],
        (VARIANTS["base"].macs or 0) - scoring["albert"],
    )
    assert bert < own < 1.002 * bert  # the map that widens words is all that is added


def test_passing_one_layer_twice_is_passing_two_alike(monkeypatch):
    model = _model(dataclasses.replace(SMALL, layers=2))
    given, seen = inputs(SMALL, (16, 7)), []
    model.layer.register_forward_hook(lambda _, args, out: seen.append((args[0], out)))
    model(**given)
    (_, first), (second, _) = seen
    assert first is second


def test_every_word_sees_both_sides_and_what_pads_a_text_changes_nothing():
    model, given = _model(), inputs(SMALL, (16, 7))
    before = model(**given)
    changed = given["tokens"].clone()
    changed[:, 15] = (changed[:, 15] + 1) % 40
    after = model(**{**given, "tokens": changed})["words"]
    assert (after - before["words"])[0].abs().amax(1).min() > 1e-5
    torch.testing.assert_close(after[1, :7], before["words"][1, :7])


def test_the_segments_order_is_all_that_tells_swapped_pieces_apart():
    """The same words stand in both classes, so counting them tells nothing."""
    examples = catalog.load("swapped_pieces")
    assert examples.parts is not None
    rows, pairs = examples.parts["train"][:400], np.asarray(examples.targets["pair"])
    counts = [{0: 0, 1: 0} for _ in range(letters.VOCAB)]
    for row in rows:
        for token in {*examples.x[row].tolist()}:
            counts[token][int(pairs[row])] += 1
    often = [of for of in counts if sum(of.values()) > 100]
    assert len(often) > 10
    for of in often:
        assert abs(of[0] - of[1]) < 4 * (of[0] + of[1]) ** 0.5


def test_hugging_faces_base_has_the_same_parameters_in_the_same_shapes():
    with outlined():
        ours = ALBERT(VARIANTS["base"].config).state_dict()
        theirs = weights.translate(hugging_face(VARIANTS["base"].config).state_dict(), RULES)
    assert {k: v.shape for k, v in theirs.items()} == {k: v.shape for k, v in ours.items()}


@pytest.mark.parametrize("ordered", [True, False])
def test_loads_a_checkpoint_laid_out_as_the_public_ones(tmp_path, monkeypatch, recwarn, ordered):
    sizes = {"layers": 2, "width": 24, "heads": 3, "embedding": 10, "length": 16, "vocab": 40}
    torch.manual_seed(0)
    reference = hugging_face(Config(**sizes)).eval()
    hub = {k: v.clone().contiguous() for k, v in reference.state_dict().items()}
    if not ordered:
        hub = {k: v for k, v in hub.items() if "sop_classifier" not in k}
    save_file(hub, tmp_path / "model.safetensors")
    monkeypatch.setattr("nna.weights.download", lambda _: Path(tmp_path / "model.safetensors"))
    model = registry.build("albert/base@v2", **sizes).eval()
    given = inputs(Config(**sizes), (16, 5))
    theirs = reference(
        given["tokens"], attention_mask=given["tokens_mask"], token_type_ids=given["segments"]
    )
    ours = model(**given)
    torch.testing.assert_close(ours["words"], theirs.prediction_logits, rtol=0, atol=1e-5)
    if ordered:
        torch.testing.assert_close(ours["output"], theirs.sop_logits, rtol=0, atol=1e-5)
    assert any("head" in str(one.message) for one in recwarn) is not ordered


def test_refuses_what_it_has_no_position_for():
    with pytest.raises(ValueError, match="17 tokens are more than the 16"):
        _model()(**inputs(dataclasses.replace(SMALL, length=17), (17,)))


def test_the_worked_example_of_the_card():
    word, widen = torch.tensor([1.0, 2.0]), torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert (widen @ word).tolist() == [1.0, 2.0, 3.0]
    assert 5 * 3 == 15
    assert 5 * 2 + 2 * 3 == 16
    assert 30 * 3 == 90
    assert 30 * 2 + 2 * 3 == 66
