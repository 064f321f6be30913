"""What the paper claims of GPT-1, and what its parts promise, beyond the shared contract."""

import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from nna import registry, weights
from nna.architectures.transformers.gpt1.generate import generate
from nna.architectures.transformers.gpt1.model import GPT1, CausalAttention, attention
from nna.architectures.transformers.gpt1.parity import hugging_face
from nna.architectures.transformers.gpt1.spec import VARIANTS, Config
from nna.architectures.transformers.gpt1.weights import RULES
from nna.blocks.unfilled import outlined

SMALL = Config(layers=3, width=24, heads=3, length=16, vocab=40)


def _model(config: Config = SMALL) -> GPT1:
    """An untrained model whose every parameter matters: norms and biases moved from 1 and 0."""
    torch.manual_seed(0)
    model = GPT1(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def test_the_fused_kernel_computes_attention_as_defined():
    torch.manual_seed(0)
    layer, x = CausalAttention(SMALL).double().eval(), torch.randn(2, 9, 24, dtype=torch.float64)
    query, key, value = layer.qkv(x).unflatten(-1, (3, 3, 8)).permute(2, 0, 3, 1, 4)
    attn_mask = torch.ones(9, 9, dtype=torch.bool).tril()
    defined = layer.proj(attention(query, key, value, attn_mask).transpose(1, 2).flatten(2))
    fused, _ = layer(x, None)
    torch.testing.assert_close(fused, defined, rtol=0, atol=1e-12)
    params = list(layer.parameters())
    for one, other in zip(
        torch.autograd.grad(fused.square().sum(), params, retain_graph=True),
        torch.autograd.grad(defined.square().sum(), params),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def test_a_later_token_changes_no_earlier_score():
    model, tokens = _model(), torch.randint(40, (2, 16), generator=torch.Generator().manual_seed(1))
    before = model(tokens)
    for at in range(16):
        changed = tokens.clone()
        changed[:, at] = (changed[:, at] + 1) % 40
        after = model(changed)
        assert torch.equal(after[:, :at], before[:, :at])
        assert not torch.allclose(after[:, at:], before[:, at:])


@pytest.mark.parametrize("cuts", [[1] * 16, [5, 1, 1, 9], [16]])
def test_reading_on_from_the_cache_gives_the_scores_of_reading_at_once(cuts):
    model, tokens = _model(), torch.randint(40, (2, 16), generator=torch.Generator().manual_seed(1))
    cache, scores = None, []
    for part in tokens.split(cuts, dim=1):
        some, cache = model.extend(part, cache)
        scores.append(some)
    torch.testing.assert_close(torch.cat(scores, 1), model(tokens), rtol=0, atol=1e-5)


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_writing_with_the_cache_writes_the_same_as_without(temperature):
    model, prompt = _model(), torch.tensor([[3, 1, 4], [1, 5, 9]])
    draws = torch.Generator().manual_seed(7)
    text = prompt
    for _ in range(13):  # to the last place of the window
        scores = model(text)[:, -1]
        if temperature:
            chances = (scores / temperature).softmax(1)
            token = torch.multinomial(chances, 1, generator=draws)
        else:
            token = scores.argmax(1, keepdim=True)
        text = torch.cat([text, token], 1)
    written = generate(model, prompt, 13, temperature, torch.Generator().manual_seed(7))
    assert torch.equal(written, text)


def test_writing_past_the_window_goes_on_from_its_later_half():
    model, prompt = _model(), torch.tensor([[3, 1, 4]])
    text = generate(model, prompt, 40, temperature=0.0)
    assert text.shape == (1, 43)
    # Places 0 to 15 fill the first window and decide place 16; the next one starts with the last
    # 8 places then written, 9 to 16, and so on.
    for at in range(16, 43):
        start = 9 * ((at - 8) // 9)
        assert text[0, at] == model(text[:, start:at])[0, -1].argmax()


def test_writing_needs_a_prompt_and_leaves_training_mode_as_it_was():
    model = _model().train()
    generate(model, torch.tensor([[1]]), 2)
    assert model.training
    with pytest.raises(ValueError, match="at least one token"):
        generate(model, torch.zeros(1, 0, dtype=torch.long), 2)


def test_refuses_more_tokens_than_its_window_at_once_or_through_the_cache():
    model = _model()
    with pytest.raises(ValueError, match="17 tokens are more than the 16"):
        model(torch.zeros(1, 17, dtype=torch.long))
    _, cache = model.extend(torch.zeros(1, 16, dtype=torch.long))
    with pytest.raises(ValueError, match="17 tokens are more than the 16"):
        model.extend(torch.zeros(1, 1, dtype=torch.long), cache)


def test_refuses_heads_that_do_not_divide_the_width():
    with pytest.raises(ValueError, match="multiple of heads"):
        GPT1(Config(layers=1, width=10, heads=3))


def test_starts_near_a_uniform_guess_every_place_normed():
    torch.manual_seed(0)
    model = GPT1(Config(layers=6, width=64, heads=4, length=32, vocab=100)).eval()
    ends = []
    for block in model.body:
        block.register_forward_hook(lambda _, __, out: ends.append(out[0].detach()))
    tokens, following = torch.randint(100, (2, 8, 32))
    surprise = F.cross_entropy(model(tokens).flatten(0, 1), following.flatten())
    assert surprise.item() == pytest.approx(math.log(100), abs=0.1)
    for x in ends:  # so no norm is needed at the end, and no stream grows with depth
        assert x.mean(-1).abs().max() < 1e-5
        assert (x.std(-1, correction=0) - 1).abs().max() < 1e-2


def test_the_card_computes_a_norm_behind_and_before_by_hand():
    card, norm = registry.card("gpt1"), torch.nn.LayerNorm(2, eps=0.0, elementwise_affine=False)
    x, added = torch.tensor([[1.0, 3.0]]), torch.tensor([[4.0, 0.0]])
    post, pre = norm(x + added), x + added
    assert (norm(x).tolist(), post.tolist(), pre.tolist()) == ([[-1, 1]], [[1, -1]], [[5, 3]])
    assert "LN(5, 3) = (1, -1)" in card
    assert "LN(1, 3) = (-1, 1)" in card
    one = torch.ones(1, dtype=torch.float64)
    tanh, exact = (F.gelu(one, approximate=how).item() for how in ("tanh", "none"))
    assert f"{tanh:.6f}" in card
    assert f"{exact:.6f}" in card


def test_the_card_counts_its_parameters_by_hand():
    config, card = VARIANTS["base"].config, registry.card("gpt1")
    block = 12 * config.width**2 + 13 * config.width
    embedded = (config.vocab + config.length) * config.width
    assert config.layers * block + embedded == VARIANTS["base"].params
    for count in (block, embedded, VARIANTS["base"].params):
        assert f"{count:,}" in card


def test_hugging_faces_has_the_same_parameters_in_the_same_shapes():
    with outlined():
        ours = GPT1(VARIANTS["base"].config).state_dict()
        theirs = weights.translate(hugging_face(VARIANTS["base"].config).state_dict(), RULES)
    assert {k: v.shape for k, v in theirs.items()} == {k: v.shape for k, v in ours.items()}


def test_loads_a_checkpoint_laid_out_as_the_public_ones(tmp_path, monkeypatch):
    sizes = {"layers": 2, "width": 24, "heads": 3, "length": 16, "vocab": 40}
    torch.manual_seed(0)
    reference = hugging_face(Config(**sizes)).eval()
    hub = {k.removeprefix("transformer."): v for k, v in reference.state_dict().items()}
    del hub["lm_head.weight"]  # the published files hold it once, as the embedding
    for layer in range(2):  # but they do hold the mask
        hub[f"h.{layer}.attn.bias"] = torch.ones(1, 1, 16, 16).tril()
    save_file({k: v.contiguous() for k, v in hub.items()}, tmp_path / "model.safetensors")
    asked = []

    def download(repository: str) -> Path:
        asked.append(repository)
        return tmp_path / "model.safetensors"

    monkeypatch.setattr("nna.weights.download", download)
    model = registry.build("gpt1/base@openai", **sizes).eval()
    assert asked == ["openai-community/openai-gpt"]
    tokens = torch.randint(40, (2, 16))
    torch.testing.assert_close(model(tokens), reference(tokens).logits, rtol=0, atol=1e-5)


def _surprise(period: int, window: int, updates: int) -> float:
    """Bits a token, on fresh text of random bits that repeat, after training on such text."""
    torch.manual_seed(0)
    model = GPT1(Config(layers=2, width=32, heads=2, length=window, vocab=2, dropout=0.0))
    optimiser = torch.optim.AdamW(model.parameters(), 3e-3, fused=True)

    def draw(count):
        text = torch.randint(2, (count, period)).repeat(1, 2 + window // period)
        return text[:, : window + 1]

    def bits(text):
        nats = F.cross_entropy(model(text[:, :-1]).transpose(1, 2), text[:, 1:], reduction="none")
        known = period if period < window else 0  # before that, no bit has come round yet
        return nats[:, known:].mean() / math.log(2)

    for _ in range(updates):
        loss = bits(draw(48))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        return bits(draw(1_000)).item()


@pytest.mark.slow
def test_a_period_longer_than_its_window_stays_noise():
    assert _surprise(period=4, window=10, updates=120) < 0.2
    assert _surprise(period=15, window=10, updates=60) > 0.98
