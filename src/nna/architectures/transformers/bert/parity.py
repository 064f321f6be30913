"""BERT against Hugging Face's, and against the equations written out in NumPy."""

import math
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.transformers.bert.model import BERT
from nna.architectures.transformers.bert.spec import EPS, SEGMENTS, Config
from nna.architectures.transformers.bert.weights import RULES
from nna.spec import Rename

_INNER = Rename(r"^model\.", "")
CONFIGS = (
    Config(layers=2, width=24, heads=3, length=20, vocab=70),
    Config(layers=3, width=16, heads=1, length=9, vocab=45, classes=5),
)


def hugging_face(config: Config) -> nn.Module:
    """Their model of the same sizes."""
    if find_spec("torchvision"):
        reference.torchvision()  # transformers imports it wherever it is installed
    from transformers import BertConfig, BertForPreTraining

    model = BertForPreTraining(
        BertConfig(
            vocab_size=config.vocab,
            hidden_size=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            intermediate_size=4 * config.width,
            hidden_act="gelu",
            hidden_dropout_prob=config.dropout,
            attention_probs_dropout_prob=config.dropout,
            max_position_embeddings=config.length,
            type_vocab_size=SEGMENTS,
            initializer_range=config.initial_std,
            layer_norm_eps=EPS,
            pad_token_id=None,  # else the word of number 0 would get no gradient
            tie_word_embeddings=True,
        )
    )
    if config.classes != SEGMENTS:
        model.cls.seq_relationship = nn.Linear(config.width, config.classes)
    return model


class Scored(nn.Module):
    """Their model, giving its scores of the text as a whole and of words."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, tokens: Tensor, tokens_mask: Tensor, segments: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Both scores."""
        out = self.model(tokens, attention_mask=tokens_mask.long(), token_type_ids=segments)
        return out.seq_relationship_logits, out.prediction_logits


def _stirred(model: nn.Module) -> nn.Module:
    """Move every parameter, biases and norms too, away from where it starts."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def inputs(config: Config, lengths: tuple[int, ...]) -> dict[str, Tensor]:
    """Texts of different lengths in one batch, the second sentence of each from any place on."""
    longest, count = max(lengths), len(lengths)
    places = torch.arange(longest)[None]
    ends = torch.tensor(lengths)[:, None]
    second = (torch.rand(count, 1) * ends).long()
    return {
        "tokens": torch.randint(config.vocab, (count, longest)),
        "tokens_mask": places < ends,
        "segments": ((places >= second) & (places < ends)).long(),
    }


def transformers() -> dict[str, float]:
    """Outputs and parameter gradients, two sizes and odd lengths, every parameter random."""
    gaps: dict[str, float] = {}
    for config, lengths in zip(CONFIGS, ((19, 7, 20), (9, 1, 5)), strict=True):
        torch.manual_seed(0)
        theirs = Scored(_stirred(hugging_face(config)))
        rules = (_INNER, *RULES)
        found = agreement.modules(BERT(config), theirs, inputs(config, lengths), rules)
        gaps = agreement.worst(gaps, found)
    return gaps


class Together(nn.Module):
    """Both outputs in a row an example, for code that compares one."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor, tokens_mask: Tensor, segments: Tensor) -> Tensor:
        """Scores of the text as a whole, then those of words, place by place."""
        out = self.model(tokens, tokens_mask, segments)
        return torch.cat([out["output"], out["words"].flatten(1)], 1)


Params = dict[str, np.ndarray]


def _norm(x: np.ndarray, params: Params, name: str) -> np.ndarray:
    scaled = (x - x.mean()) / math.sqrt(x.var() + EPS)
    return scaled * params[f"{name}.weight"] + params[f"{name}.bias"]


def _linear(x: np.ndarray, params: Params, name: str) -> np.ndarray:
    return params[f"{name}.weight"] @ x + params[f"{name}.bias"]


def _gelu(x: np.ndarray) -> np.ndarray:
    return np.array([one * (1 + math.erf(one / math.sqrt(2))) / 2 for one in x])


def _attend(query: np.ndarray, keys: list, values: list, there: np.ndarray) -> np.ndarray:
    """One head at one place: it looks at every place that holds a token."""
    scores = [query @ key / math.sqrt(len(key)) for key in keys]
    weight = [math.exp(m - max(scores)) * bool(t) for m, t in zip(scores, there, strict=True)]
    return np.array(weight) @ np.array(values) / sum(weight)


def _layer(xs: list, params: Params, of: str, heads: int, there: np.ndarray) -> list:
    asked = [np.split(_linear(x, params, f"{of}.attention.qkv"), 3 * heads) for x in xs]
    out = []
    for at, x in enumerate(xs):
        found = [
            _attend(
                asked[at][h],
                [one[heads + h] for one in asked],
                [one[2 * heads + h] for one in asked],
                there,
            )
            for h in range(heads)
        ]
        x = x + _linear(np.concatenate(found), params, f"{of}.attention.proj")
        x = _norm(x, params, f"{of}.norm1")
        wide = _gelu(_linear(x, params, f"{of}.mlp.fc1"))
        out.append(_norm(x + _linear(wide, params, f"{of}.mlp.fc2"), params, f"{of}.norm2"))
    return out


def _write_out(params: Params, *given: np.ndarray, config: Config) -> np.ndarray:
    tokens, there, segments = given
    table = params["embeddings.words.weight"]
    xs = [
        table[token]
        + params["embeddings.positions.weight"][at]
        + params["embeddings.segments.weight"][segment]
        for at, (token, segment) in enumerate(zip(tokens, segments, strict=True))
    ]
    xs = [_norm(x, params, "embeddings.norm") for x in xs]
    for layer in range(config.layers):
        xs = _layer(xs, params, f"body.{layer}", config.heads, there)
    whole = _linear(np.tanh(_linear(xs[0], params, "pooler")), params, "head")
    words = []
    for x in xs:
        read = _norm(_gelu(_linear(x, params, "transform.linear")), params, "transform.norm")
        words.append(table @ read + params["words_bias"])
    return np.concatenate([whole, *words])


def equations() -> dict[str, float]:
    """Outputs against a loop over examples, places and heads, two sizes."""
    gaps: dict[str, float] = {}
    for config, lengths in zip(CONFIGS, ((5, 3), (4, 1)), strict=True):
        torch.manual_seed(0)

        def naive(params: Params, config: Config = config, **given: np.ndarray) -> np.ndarray:
            own = {name.removeprefix("model."): value for name, value in params.items()}
            rows = zip(*given.values(), strict=True)
            return np.array([_write_out(own, *row, config=config) for row in rows])

        model = Together(_stirred(BERT(config)))
        gaps = agreement.worst(gaps, agreement.equations(model, naive, inputs(config, lengths)))
    return gaps
