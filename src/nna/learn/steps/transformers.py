"""Steps of the chapter on transformers: attention, what it costs, and what is done with it."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import tensor
from nna.learn.step import Step


def shares(q, k):
    """How each token's attention is shared out; q, k: (tokens, width). Rows sum to one."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def causal(q, k, v):
    """Attention in which no token sees a later one; q, k, v: (tokens, width)."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores[np.triu_indices(len(q), 1)] = -np.inf
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ v


def turned(x, place, frequency):
    """A pair of numbers turned by the angle of its place, as rotary positions do; x: (2,)."""
    angle = place * frequency
    c, s = np.cos(angle), np.sin(angle)
    return np.array([c * x[0] - s * x[1], s * x[0] + c * x[1]])


def block_parameters(width):
    """How many parameters a block has.

    Attention and a perceptron of four times the width, both with biases, and two layer norms.
    """
    attention = 4 * (width**2 + width)
    perceptron = 2 * 4 * width**2 + 5 * width
    return attention + perceptron + 4 * width


def comparison_share(tokens, width):
    """The share of a block's 12 n d^2 + 2 n^2 d multiply-adds that compares tokens."""
    return tokens / (6 * width + tokens)


def cache_bytes(blocks, width, tokens, size):
    """What the keys and values of a text take in memory; size: bytes a number."""
    return 2 * blocks * width * tokens * size


def next_token(scores, temperature, top):
    """The distribution that is drawn from: softmax at a temperature, of the top scores alone."""
    used = np.argsort(scores)[-top:]
    weights = np.zeros(len(scores))
    weights[used] = np.exp((scores[used] - scores.max()) / temperature)
    return weights / weights.sum()


def preference_loss(better, worse, better_before, worse_before, beta):
    """The loss of direct preference optimisation for one pair, from log probabilities of answers.

    better, worse: under the model that learns; the others under the one before.
    """
    margin = beta * ((better - better_before) - (worse - worse_before))
    return np.log1p(np.exp(-margin))


def lora_parameters(rows, columns, rank):
    """How many numbers a low-rank addition to a matrix learns."""
    return rank * (rows + columns)


def _soft(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _by_torch(q, k, v, causal=False):
    return torch.nn.functional.scaled_dot_product_attention(
        tensor(q)[None], tensor(k)[None], tensor(v)[None], is_causal=causal
    )[0]


def _learnt(width):
    layer = torch.nn.TransformerEncoderLayer(width, 1, 4 * width)
    return sum(p.numel() for p in layer.parameters())


def _compared(tokens, width):
    compare = sum(2 * width for _ in range(tokens)) * tokens
    return compare / (compare + 12 * tokens * width * width)


def _kept(blocks, width, tokens, size):
    one = np.zeros((2, width))
    return sum(one.size for _ in range(blocks)) * tokens * size


def _warmed(scores, temperature, top):
    best = torch.topk(tensor(scores) / temperature, top)
    found = torch.zeros(len(scores), dtype=torch.float64)
    found[best.indices] = torch.softmax(best.values, 0)
    return found


def _preferred(better, worse, better_before, worse_before, beta):
    margin = beta * (better - better_before) - beta * (worse - worse_before)
    return -torch.nn.functional.logsigmoid(tensor(margin))


def _added(rows, columns, rank):
    b, a = np.zeros((rows, rank)), np.zeros((rank, columns))
    return b.size + a.size


def _spun(x, place, frequency):
    z = complex(x[0], x[1]) * np.exp(1j * place * frequency)
    return np.array([z.real, z.imag])


def _qkv(r):
    return r.normal(size=(4, 4)), r.normal(size=(4, 4)), r.normal(size=(4, 4))


def _after(q, k, v):
    """Later tokens left out behind the softmax and not before it."""
    return np.tril(_soft(q @ k.T / np.sqrt(q.shape[1]))) @ v


def _masked(q, k, lower):
    scores = q @ k.T / np.sqrt(q.shape[1])
    hidden = np.tril(np.ones_like(scores), -1) if lower else np.triu(np.ones_like(scores))
    if not lower:
        hidden[0, 0] = 0
    return _soft(np.where(hidden > 0, -np.inf, scores))


STEPS = (
    Step(
        answer=shares,
        section="Asking",
        ask="Queries against keys, and each row shared out.",
        draw=lambda r: (r.normal(size=(4, 4)), r.normal(size=(4, 4))),
        truth=lambda q, k: _by_torch(q, k, np.eye(len(k))),
        mistakes={
            "Products of random rows grow with the width: what brings them back?": lambda q, k: (
                _soft(q @ k.T)
            ),
            "Divided by too much: it is their deviation that counts": lambda q, k: _soft(
                q @ k.T / q.shape[1]
            ),
            "Each query shares out its attention; here each key does": lambda q, k: (
                _soft((q @ k.T / np.sqrt(q.shape[1])).T).T
            ),
            "Who asks, and who is asked? Rows belong to queries": lambda q, k: _soft(
                k @ q.T / np.sqrt(q.shape[1])
            ),
        },
        hint="All products first, then scale, then the softmax of each row.",
    ),
    Step(
        answer=turned,
        section="A set with places",
        ask="Turn a pair through an angle that grows with the place, anticlockwise.",
        draw=lambda r: (r.normal(size=2), int(r.integers(1, 50)), r.uniform(0.01, 1)),
        truth=_spun,
        mistakes={
            "That turns the other way": lambda x, p, f: _spun(x, -p, f),
            "The angle doesn't grow with the place": lambda x, p, f: _spun(x, 1, f),
            "A turn keeps the length; yours mirrors the pair": lambda x, p, f: (
                _spun(x, p, f) * np.array([1, -1])
            ),
            "The place is divided by the frequency": lambda x, p, f: _spun(x, p, 1 / f),
        },
        hint="What becomes of (1, 0), and what of (0, 1)?",
    ),
    Step(
        answer=causal,
        section="A set with places",
        ask="A mask, so that one pass trains every place.",
        draw=_qkv,
        truth=lambda q, k, v: _by_torch(q, k, v, causal=True),
        mistakes={
            "Every token sees all others": lambda q, k, v: _soft(q @ k.T / np.sqrt(q.shape[1])) @ v,
            "The shares that are left must sum to one": _after,
            "Tokens see what comes later and not what came before": lambda q, k, v: (
                _masked(q, k, lower=True) @ v
            ),
            "A token may see itself": lambda q, k, v: _masked(q, k, lower=False) @ v,
        },
        hint="What must a score be, so that its share is exactly zero?",
    ),
    Step(
        answer=block_parameters,
        section="The block",
        ask="To the unit, with every bias and both norms.",
        draw=lambda r: (int(r.integers(2, 40)) * 2,),
        truth=_learnt,
        mistakes={
            "The matrices are right; nothing else is counted": lambda d: 12 * d**2,
            "The norms learn something too": lambda d: 12 * d**2 + 9 * d,
            "A norm has a gain and a shift": lambda d: 12 * d**2 + 11 * d,
            "The perceptron's biases: how wide is it within?": lambda d: 12 * d**2 + 10 * d,
        },
        hint="Four maps, then two, each with its bias; then the norms.",
    ),
    Step(
        answer=comparison_share,
        section="What it costs",
        ask="From when on does the square matter?",
        draw=lambda r: (int(r.integers(16, 9000)), int(r.integers(16, 1024))),
        truth=_compared,
        mistakes={
            "Scores and the mean of values are two products": lambda n, d: n / (12 * d + n),
            "That is the ratio of the two parts, not a share of the whole": lambda n, d: (
                n / (6 * d)
            ),
            "That is the other part": lambda n, d: 6 * d / (6 * d + n),
            "Both parts are a multiple of the tokens: one of them cancels": lambda n, d: (
                n**2 / (6 * d + n**2)
            ),
        },
        hint="Put one term over the sum of both, and cancel what both have.",
    ),
    Step(
        answer=cache_bytes,
        section="What it costs",
        ask="What must be kept while a model writes.",
        draw=lambda r: tuple(map(int, (*r.integers(1, 90, 3), r.choice([1, 2, 4])))),
        truth=_kept,
        mistakes={
            "Keys and values are two things": lambda b, d, n, s: b * d * n * s,
            "Queries of the past aren't needed again": lambda b, d, n, s: 3 * b * d * n * s,
            "Each block keeps its own": lambda b, d, n, s: 2 * d * n * s,
            "What is kept grows with the tokens, not with their pairs": lambda b, d, n, s: (
                2 * b * d * n**2 * s
            ),
        },
        hint="Count for one token and one block first.",
    ),
    Step(
        answer=preference_loss,
        section="From text to an assistant",
        ask="Preferences as a plain loss on pairs.",
        draw=lambda r: (*r.normal(-20, 3, 4), r.uniform(0.05, 1)),
        truth=_preferred,
        mistakes={
            "It is the change since the model before that counts": lambda a, b, c, d, t: np.log1p(
                np.exp(-t * (a - b))
            ),
            "The better answer's loss should fall as it becomes more likely": (
                lambda a, b, c, d, t: np.log1p(np.exp(t * ((a - c) - (b - d))))
            ),
            "That is a probability, not the loss": lambda a, b, c, d, t: (
                1 / (1 + np.exp(-t * ((a - c) - (b - d))))
            ),
            "How far it may move isn't in it": lambda a, b, c, d, t: np.log1p(
                np.exp(-((a - c) - (b - d)))
            ),
        },
        hint="Two log ratios, their difference, and the logistic loss of that.",
    ),
    Step(
        answer=next_token,
        section="Using one",
        ask="What the next token is drawn from.",
        draw=lambda r: (r.normal(scale=2, size=6), r.uniform(0.3, 2), int(r.integers(1, 6))),
        truth=_warmed,
        mistakes={
            "All tokens can be drawn": lambda s, t, k: _soft(s / t),
            "A high temperature should make it more even": lambda s, t, k: next_token(
                s * t * t, t, k
            ),
            "What is left must sum to one": lambda s, t, k: np.where(
                np.argsort(np.argsort(s)) >= len(s) - k, _soft(s / t), 0
            ),
            "The temperature has no effect": lambda s, t, k: next_token(s, 1.0, k),
        },
        hint="First cut, then divide, then the softmax of what is left.",
    ),
    Step(
        answer=lora_parameters,
        section="Adapting one",
        ask="Two thin matrices in place of a thick one.",
        draw=lambda r: tuple(map(int, r.integers(1, 200, 3))),
        truth=_added,
        mistakes={
            "That is what their product holds": lambda m, n, r: m * n,
            "There are two of them": lambda m, n, r: r * m,
            "The rank isn't in the product of both sides": lambda m, n, r: r * m * n,
            "Nothing stands between the two": lambda m, n, r: r * (m + n) + r * r,
        },
        hint="Write down the shapes of both.",
    ),
)
