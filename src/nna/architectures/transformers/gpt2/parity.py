"""GPT-2 against Hugging Face's, and against the equations written out in NumPy."""

import math
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.transformers.gpt2.model import GPT2
from nna.architectures.transformers.gpt2.spec import Config
from nna.architectures.transformers.gpt2.weights import RULES

CONFIGS = (
    Config(layers=2, width=12, heads=3, length=11, vocab=40),
    Config(layers=3, width=16, heads=1, length=9, vocab=60),
)


def hugging_face(config: Config) -> nn.Module:
    """Their model of the same sizes."""
    if find_spec("torchvision"):
        reference.torchvision()  # transformers imports it wherever it is installed
    from transformers import GPT2Config, GPT2LMHeadModel

    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=config.vocab,
            n_positions=config.length,
            n_embd=config.width,
            n_layer=config.layers,
            n_head=config.heads,
            bos_token_id=None,  # 50,256 is beyond so small a vocabulary
            eos_token_id=None,
        )
    )


class Scores(nn.Module):
    """Their model, giving its scores alone."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor) -> Tensor:
        """Scores of every position."""
        return self.model(tokens).logits


def _stirred(model: nn.Module) -> nn.Module:
    """Move every parameter, biases and norms too, away from where it starts."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def transformers() -> dict[str, float]:
    """Outputs and parameter gradients, two sizes, every parameter random."""
    gaps: dict[str, float] = {}
    for config in CONFIGS:
        torch.manual_seed(0)
        tokens = torch.randint(config.vocab, (3, config.length))
        theirs = Scores(_stirred(hugging_face(config)))
        found = agreement.modules(GPT2(config), theirs, {"tokens": tokens}, RULES)
        gaps = agreement.worst(gaps, found)
    return gaps


def _norm(x: np.ndarray, params: dict[str, np.ndarray], name: str) -> np.ndarray:
    scaled = (x - x.mean()) / math.sqrt(x.var() + 1e-5)
    return scaled * params[f"{name}.weight"] + params[f"{name}.bias"]


def _linear(x: np.ndarray, params: dict[str, np.ndarray], name: str) -> np.ndarray:
    return params[f"{name}.weight"] @ x + params[f"{name}.bias"]


def _gelu(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _attend(queries: list, keys: list, values: list, at: int) -> np.ndarray:
    """One head at position `at`: it looks at positions 0 to `at`."""
    scores = [queries[at] @ key / math.sqrt(len(key)) for key in keys[: at + 1]]
    weight = [math.exp(m - max(scores)) for m in scores]
    attn_out = np.zeros_like(values[0])
    for w, value in zip(weight, values, strict=False):
        attn_out += w * value
    return attn_out / sum(weight)


def _write_out(params: dict[str, np.ndarray], tokens: list[int], config: Config) -> np.ndarray:
    xs = [params["tokens.weight"][t] + params["positions.weight"][p] for p, t in enumerate(tokens)]
    for layer in range(config.layers):
        of = f"body.{layer}"
        read = [_linear(_norm(x, params, f"{of}.norm1"), params, f"{of}.attention.qkv") for x in xs]
        heads = [np.split(r, 3 * config.heads) for r in read]  # all queries, all keys, all values
        for p in range(len(xs)):
            found = [
                _attend(*([r[part * config.heads + h] for r in heads] for part in range(3)), at=p)
                for h in range(config.heads)
            ]
            xs[p] = xs[p] + _linear(np.concatenate(found), params, f"{of}.attention.proj")
            wide = _linear(_norm(xs[p], params, f"{of}.norm2"), params, f"{of}.mlp.fc1")
            xs[p] = xs[p] + _linear(_gelu(wide), params, f"{of}.mlp.fc2")
    return np.array([params["tokens.weight"] @ _norm(x, params, "norm") for x in xs])


def equations() -> dict[str, float]:
    """Outputs against a loop over examples, positions and heads, two sizes."""
    gaps: dict[str, float] = {}
    for config in CONFIGS:
        torch.manual_seed(0)
        model, tokens = _stirred(GPT2(config)), torch.randint(config.vocab, (2, config.length))

        def naive(
            params: dict[str, np.ndarray], tokens: np.ndarray, config: Config = config
        ) -> np.ndarray:
            return np.array([_write_out(params, row, config) for row in tokens.tolist()])

        found = agreement.equations(model, naive, {"tokens": tokens})
        gaps = agreement.worst(gaps, found)
    return gaps
