"""The FT-Transformer beside the authors' package, and beside its equations token by token."""

from math import exp, sqrt

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement
from nna.architectures.transformers.ft_transformer.model import FTTransformer
from nna.architectures.transformers.ft_transformer.spec import SPEC, VARIANTS, Config
from nna.architectures.transformers.ft_transformer.weights import RTDL
from nna.spec import Rename


class Theirs(nn.Module):
    """The authors' network for rows without columns of categories."""

    def __init__(self, config: Config) -> None:
        from rtdl_revisiting_models import FTTransformer as Reference

        super().__init__()
        sizes = Reference.get_default_kwargs(config.depth)
        sizes |= {"d_block": config.width, "attention_n_heads": config.heads}
        self.body = Reference(
            n_cont_features=config.features, cat_cardinalities=[], d_out=config.classes, **sizes
        )

    def forward(self, table: Tensor) -> Tensor:
        """Scores."""
        return self.body(table, None)


def rtdl() -> dict[str, float]:
    """Default sizes of one, three and six blocks, a quarter as wide, each with ten columns."""
    rules = (Rename(r"^body\.", ""), *RTDL)
    gaps: dict[str, float] = {}
    for name in ("1", "default", "6"):
        sizes = VARIANTS[name].config
        config = Config(features=10, classes=2, width=sizes.width // 4, depth=sizes.depth)
        torch.manual_seed(0)
        theirs = Theirs(config)
        agreement.unsettle(theirs)
        inputs = {"table": 4 * torch.randn(4, 10)}  # what ten fresh columns say is faint
        found = agreement.modules(FTTransformer(config), theirs, inputs, rules)
        gaps = agreement.worst(gaps, found)
    return gaps


def equations() -> dict[str, float]:
    """Every token by itself, every head by itself."""
    torch.manual_seed(0)
    model = FTTransformer(SPEC.tiny)
    agreement.unsettle(model)
    return agreement.equations(model, _naive, {"table": torch.randn(3, SPEC.tiny.features)})


def _naive(p: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
    scores = []
    for row in table:
        tokens = [p["stem.cls"]]
        tokens += [x * w + b for x, w, b in zip(row, p["stem.weight"], p["stem.bias"], strict=True)]
        for i in range(SPEC.tiny.depth):
            name = f"body.{i}"
            read = [_norm(p, f"{name}.norm1", t) if i else t for t in tokens]
            tokens = [t + a for t, a in zip(tokens, _attend(p, name, read), strict=True)]
            tokens = [t + _reglu(p, name, _norm(p, f"{name}.norm2", t)) for t in tokens]
        said = np.maximum(_norm(p, "head.0", tokens[0]), 0)
        scores.append(p["head.2.weight"] @ said + p["head.2.bias"])
    return np.stack(scores)


def _norm(p: dict[str, np.ndarray], name: str, token: np.ndarray) -> np.ndarray:
    apart = token - token.mean()
    return p[f"{name}.weight"] * apart / sqrt((apart**2).mean() + 1e-5) + p[f"{name}.bias"]


def _attend(p: dict[str, np.ndarray], name: str, tokens: list[np.ndarray]) -> list[np.ndarray]:
    """What each token hears: values of all, weighted by how its query meets their keys."""
    read = [p[f"{name}.attention.qkv.weight"] @ t for t in tokens]
    triples = [np.split(r + p[f"{name}.attention.qkv.bias"], 3) for r in read]
    each, heard = len(tokens[0]) // SPEC.tiny.heads, []
    for query, _, _ in triples:
        parts = []
        for head in range(SPEC.tiny.heads):
            own = slice(head * each, (head + 1) * each)
            weights = [exp(query[own] @ key[own] / sqrt(each)) for _, key, _ in triples]
            values = [value[own] for _, _, value in triples]
            attn_out = sum(w * v for w, v in zip(weights, values, strict=True))
            parts.append(attn_out / sum(weights))
        said = p[f"{name}.attention.proj.weight"] @ np.concatenate(parts)
        heard.append(said + p[f"{name}.attention.proj.bias"])
    return heard


def _reglu(p: dict[str, np.ndarray], name: str, token: np.ndarray) -> np.ndarray:
    value, gate = np.split(p[f"{name}.ffn.0.weight"] @ token + p[f"{name}.ffn.0.bias"], 2)
    return p[f"{name}.ffn.3.weight"] @ (value * np.maximum(gate, 0)) + p[f"{name}.ffn.3.bias"]
