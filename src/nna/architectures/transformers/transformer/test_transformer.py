"""What the paper claims of the transformer, and what its parts promise, beyond the contract."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from nna import registry, tasks
from nna.architectures.transformers.transformer.generate import length_penalty, translate
from nna.architectures.transformers.transformer.model import (
    MultiHeadAttention,
    Transformer,
    attention,
    positions,
)
from nna.architectures.transformers.transformer.parity import inputs
from nna.architectures.transformers.transformer.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.tasks import Brought
from nna.tasks.translation import END, START

SMALL = Config(layers=2, width=16, heads=2, hidden=24, length=12, vocab=14)


def _model(config: Config = SMALL, seed: int = 0) -> Transformer:
    """An untrained model whose every parameter matters: norms and biases moved from 1 and 0."""
    torch.manual_seed(seed)
    model = Transformer(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return model


def _mask(tokens: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(tokens, dtype=torch.bool)


def test_the_fused_kernel_computes_attention_as_defined():
    torch.manual_seed(0)
    layer = MultiHeadAttention(SMALL).double()
    x, memory = torch.randn(2, 5, 16).double(), torch.randn(2, 7, 16).double()
    attn_mask = torch.rand(2, 5, 7) < 0.5
    attn_mask[..., 0] = True
    query, key, value = (
        project(of).unflatten(-1, (2, 8)).transpose(1, 2)
        for project, of in ((layer.query, x), (layer.key, memory), (layer.value, memory))
    )
    defined = layer.proj(
        attention(query, key, value, attn_mask[:, None]).transpose(1, 2).flatten(2)
    )
    fused = layer(x, memory, attn_mask)
    torch.testing.assert_close(fused, defined, rtol=0, atol=1e-12)
    params = list(layer.parameters())
    for one, other in zip(
        torch.autograd.grad(fused.square().sum(), params, retain_graph=True),
        torch.autograd.grad(defined.square().sum(), params),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


WORDS = torch.tensor([[1.0, 0], [0, 1], [1, 1]])  # the, dog, sleeps
BY_HAND = {
    "query": torch.tensor([[2.0, 0], [0, 1]]),
    "key": torch.tensor([[0.0, 1], [1, 0]]),
    "value": torch.tensor([[1.0, 0], [1, 1]]),
}


def test_the_card_computes_one_head_over_three_words_by_hand():
    card = registry.card("transformer")
    query, key, value = (WORDS @ matrix.T for matrix in BY_HAND.values())
    for seen in (torch.ones(3, 3), torch.ones(3, 3).tril()):
        weights = attention(query, key, torch.eye(3), seen.bool())
        found = attention(query, key, value, seen.bool())
        for word, mixed, out in zip(("the", "dog", "sleeps"), weights, found, strict=True):
            cells = [word, *(f"{w:.3f}" for w in mixed), "({:.3f}, {:.3f})".format(*out)]
            assert f"| {' | '.join(cells)} |" in card
    scores = query[2] @ key.T
    assert scores.tolist() == [1, 2, 3]
    assert ", ".join(f"{score / math.sqrt(2):.3f}" for score in scores.tolist()) in card
    powers = [math.exp(score / math.sqrt(2)) for score in scores.tolist()]
    assert f"{', '.join(f'{power:.3f}' for power in powers)}, together {sum(powers):.3f}" in card


def test_places_are_waves_and_a_step_turns_them_all_alike():
    waves = positions(60, 16).double()
    assert waves[:, 0].tolist() == pytest.approx(np.sin(np.arange(60)), abs=1e-6)
    last = 10_000 ** (14 / 16)  # its wavelength over 2 pi; ever wider, it nears 10,000
    assert waves[:, 15].tolist() == pytest.approx(np.cos(np.arange(60) / last), abs=1e-6)
    step = 7
    for column in range(0, 16, 2):  # section 3.5: a fixed shift is a linear function
        angle = step / 10_000 ** (column / 16)
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        pair = waves[:, column : column + 2].numpy()
        assert pair[step:] == pytest.approx(pair[:-step] @ turn.T, abs=1e-5)


def test_scores_of_queries_and_keys_keep_deviation_1_whatever_their_width():
    torch.manual_seed(0)
    sure = {}
    for width in (4, 256):  # footnote 4: unscaled, their variance is the width
        query, key = torch.randn(2, 2_000, width)
        scores = query[:200] @ key.T
        assert scores.std().item() == pytest.approx(math.sqrt(width), rel=0.1)
        value = torch.eye(2_000)
        scaled = attention(query[:200], key, value, torch.ones(200, 2_000).bool())
        sure[width] = scaled.amax(1).mean().item(), scores.softmax(1).amax(1).mean().item()
    assert sure[256][0] < 0.05
    assert sure[256][1] > 0.6  # nearly one word alone: there the softmax hardly has a gradient


def test_a_later_token_of_the_prefix_changes_no_earlier_score():
    model, given = _model(), inputs(SMALL)
    before = model(**given)
    for at in range(given["prefix"].shape[1]):
        prefix = given["prefix"].clone()
        prefix[:, at] = (prefix[:, at] + 1) % 14
        after = model(**(given | {"prefix": prefix}))
        assert torch.equal(after[:, :at], before[:, :at])
        assert not torch.allclose(after[0, at:], before[0, at:])


def test_what_pads_a_sentence_changes_nothing():
    model, given = _model(), inputs(SMALL)
    source, prefix = (
        given[name][1:2, : given[f"{name}_mask"][1].sum()] for name in ("source", "prefix")
    )
    own = model(source, _mask(source), prefix, _mask(prefix))[0]
    for token in (0, 5):
        padded = {
            name: torch.where(given[f"{name}_mask"], given[name], token)
            for name in ("source", "prefix")
        }
        torch.testing.assert_close(model(**(given | padded))[1, : len(own)], own)


def test_without_its_waves_it_could_not_tell_who_bites_whom():
    model = _model()
    prefix, source = torch.tensor([[START, 5, 3]]), torch.tensor([[3, 4, 5, 6, 7, END]])
    turned = source[:, [4, 3, 2, 1, 0, 5]]

    def scores(of):
        return model(of, _mask(of), prefix, _mask(prefix))

    assert not torch.allclose(scores(turned), scores(source), atol=0.01)
    memory = model.encode(source, _mask(source))
    with torch.no_grad():
        model.waves.zero_()
    torch.testing.assert_close(scores(turned), scores(source))
    moved = model.encode(turned, _mask(source))
    torch.testing.assert_close(moved, model.encode(source, _mask(source))[:, [4, 3, 2, 1, 0, 5]])
    assert not torch.allclose(memory, moved, atol=0.01)


@pytest.mark.parametrize("heads", [1, 4, 16, 32])
def test_more_heads_cost_no_parameter(heads):
    with outlined():
        model = Transformer(Config(heads=heads))  # rows (A) of table 3
    assert sum(p.numel() for p in model.parameters()) == VARIANTS["base"].params


def test_biases_in_attention_would_add_what_libraries_count():
    base, big = VARIANTS["base"], VARIANTS["big"]
    for variant, more in ((base, 36_864), (big, 73_728)):
        attentions = 3 * variant.config.layers
        assert attentions * 4 * variant.config.width == more
    assert (base.params + 36_864, big.params + 73_728) == (63_082_496, 214_245_376)


def test_one_vocabulary_makes_every_printed_count_of_table_3_right_but_the_big_ones():
    def vocabularies(key: str, unit: float = 1e6) -> set[int]:
        """In hundreds: those with which the count is the printed one, rounded."""
        config, printed = VARIANTS[key].config, VARIANTS[key].paper["params"].value
        body = VARIANTS[key].params - config.vocab * config.width
        return {
            hundreds
            for hundreds in range(200, 600)
            if abs(body + 100 * hundreds * config.width - printed) <= unit / 2
        }

    keys = [key for key in VARIANTS if key not in ("big", "desk")]
    assert set.intersection(*map(vocabularies, keys)) == {411, 412}
    assert 360 in vocabularies("big")
    assert not vocabularies("big") & ({370} | vocabularies("base"))


def test_it_starts_near_a_uniform_guess_its_streams_normed():
    torch.manual_seed(0)
    config = Config(layers=3, width=64, heads=4, hidden=128, length=20, vocab=300)
    model, given = Transformer(config).eval(), inputs(config)
    embedded = model.embedding(given["source"]) * math.sqrt(64)
    assert embedded.std().item() == pytest.approx(1, abs=0.05)  # on a par with the waves
    memory = model.encode(given["source"], given["source_mask"]).detach()
    assert memory.mean(-1).abs().max() < 1e-5  # post-norm: the last thing is a norm
    assert (memory.std(-1, correction=0) - 1).abs().max() < 1e-3
    scores = model(**given)[given["prefix_mask"]]
    surprise = F.cross_entropy(scores, torch.randint(300, (len(scores),)))
    assert surprise.item() == pytest.approx(math.log(300) + 0.5, abs=0.4)  # scores of deviation 1


def test_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="multiple of heads"):
        Transformer(Config(width=10, heads=3))
    with pytest.raises(ValueError, match="must be even"):
        Transformer(Config(width=9, heads=3))
    long = torch.zeros(1, 13, dtype=torch.long)
    with pytest.raises(ValueError, match="13 tokens is longer than the 12"):
        _model().encode(long, _mask(long))
    with pytest.raises(ValueError, match="at least 1"):
        translate(_model(), long[:, :3], _mask(long[:, :3]), beam=0)


# --- beam search -----------------------------------------------------------------------------

FEW = Config(layers=1, width=8, heads=1, hidden=8, length=3, vocab=4)


@torch.no_grad()
def _log(model: Transformer, source: torch.Tensor, said: list[int]) -> float:
    """Log-probability of a translation."""
    prefix = torch.tensor([[START, *said[:-1]]])
    scores = model(source, _mask(source), prefix, _mask(prefix))[0].log_softmax(1)
    return float(scores[torch.arange(len(said)), said].sum())


@pytest.mark.parametrize("alpha", [0.0, 0.6, 3.0])
@pytest.mark.parametrize("seed", range(2))
def test_a_beam_that_holds_everything_finds_the_best_of_all_translations(seed, alpha):
    model, source = _model(FEW, seed), torch.tensor([[3, 1, END]])
    words = [token for token in range(4) if token != END]
    all_of = [
        [*said, END] if len(said) < 3 else [*said]
        for length in range(4)
        for said in itertools.product(words, repeat=length)
    ]
    whole = {tuple(said): _log(model, source, said) for said in all_of}
    best = max(whole, key=lambda said: whole[said] / length_penalty(len(said), alpha))
    (found,) = translate(model, source, _mask(source), beam=3**3, alpha=alpha)
    assert found == [token for token in best if token != END]


def test_the_length_penalty_is_that_of_wu_and_turns_the_cards_third_exercise():
    card = registry.card("transformer")
    penalties = [length_penalty(length, 0.6) for length in (3, 6)]
    assert "{:.3f} and (11/6)^0.6 = {:.3f}".format(*penalties) in card
    short, long = (log / by for log, by in zip((-2.0, -2.4), penalties, strict=True))
    assert f"−{-short:.3f} and −{-long:.3f}" in card
    assert long > short
    assert length_penalty(1, 0.6) == 1
    assert length_penalty(19, 0.6) == pytest.approx(4**0.6)
    assert length_penalty(7, 0.0) == 1


def _greedy(model: Transformer, source: torch.Tensor) -> list[int]:
    said = [START]
    while len(said) <= 12 and said[-1] != END:
        prefix = torch.tensor([said])
        said.append(int(model(source, _mask(source), prefix, _mask(prefix))[0, -1].argmax()))
    return said[1:]


def test_a_beam_of_one_is_greedy_and_sentences_do_not_mix():
    model, given = _model(), inputs(SMALL)
    together = translate(
        model.train(), given["source"], given["source_mask"], beam=1, alpha=0.0, extra=99
    )
    assert model.training
    model.eval()
    for row, mask, said in zip(given["source"], given["source_mask"], together, strict=True):
        alone = _greedy(model, row[mask][None])
        assert said == [token for token in alone if token != END]


def test_an_exact_match_under_teacher_forcing_is_one_in_writing():
    model, task = _model(), tasks.get("translation")
    assert isinstance(task, Brought)
    for seed in range(5):
        source = torch.randint(3, 14, (1, 6), generator=torch.Generator().manual_seed(seed))
        goal = np.array(_greedy(model, source))
        for at in (None, 0, len(goal) - 1):
            other = goal.copy()
            if at is not None:
                other[at] = (other[at] + 1) % 14
            prefix = torch.tensor([[START, *other[:-1].tolist()]])
            given = {"output": model(source, _mask(source), prefix, _mask(prefix)).detach().numpy()}
            measured = task.scores(given, {"target": [other]})
            assert measured["exact match"][0].tolist() == [float(at is None)]


# --- what it can't do ------------------------------------------------------------------------


def _copies(count: int, length: int, draw: torch.Generator) -> dict[str, torch.Tensor]:
    words = torch.randint(3, 13, (count, length), generator=draw)
    end, start = torch.full((count, 1), END), torch.full((count, 1), START)
    source, prefix = torch.cat([words, end], 1), torch.cat([start, words], 1)
    return {
        "source": source, "source_mask": _mask(source), "prefix": prefix,
        "prefix_mask": _mask(prefix),
    }  # fmt: skip


@pytest.mark.slow
def test_what_is_learnt_on_short_sequences_fails_on_longer_ones():
    torch.manual_seed(0)
    config = Config(layers=1, width=32, heads=2, hidden=64, length=12, vocab=13, dropout=0.0)
    model, draw = Transformer(config), torch.Generator().manual_seed(0)
    optimiser = torch.optim.Adam(model.parameters(), 5e-3, fused=True)
    for step in range(300):
        batch = _copies(32, 3 + step % 4, draw)
        loss = F.cross_entropy(model(**batch).flatten(0, 1), batch["source"].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    def right(length: int) -> float:
        batch = _copies(300, length, draw)
        return (model(**batch).argmax(2) == batch["source"]).all(1).double().mean().item()

    with torch.no_grad():
        assert right(6) > 0.8
        assert right(9) < 0.2
