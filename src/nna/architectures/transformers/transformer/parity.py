"""The transformer against PyTorch's, against Hugging Face's Marian, and loop by loop in NumPy."""

import math
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.transformers.transformer.model import Transformer
from nna.architectures.transformers.transformer.spec import Config
from nna.spec import Drop, Rename, Rule, Split

CONFIGS = (
    Config(layers=1, width=24, heads=6, hidden=40, length=9, vocab=31),
    Config(layers=2, width=16, heads=2, hidden=24, length=7, vocab=50, dropout=0.3),
)
LOOPED = (  # small: a loop over single numbers takes long
    Config(layers=1, width=12, heads=3, hidden=7, length=6, vocab=9),
    Config(layers=2, width=6, heads=1, hidden=5, length=7, vocab=8),
)


def inputs(config: Config) -> dict[str, Tensor]:
    """Three pairs of sentences of different lengths, padded."""
    draw = torch.Generator().manual_seed(5)
    found = {}
    for name, longest in (("source", config.length), ("prefix", config.length - 2)):
        lengths = torch.tensor([longest, longest - 3, 1])
        mask = torch.arange(longest) < lengths[:, None]
        found[name] = torch.randint(config.vocab, mask.shape, generator=draw) * mask
        found[f"{name}_mask"] = mask
    return found


def _stirred(model: nn.Module) -> nn.Module:
    """Move every parameter, biases and norms too, away from where it starts."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


class TorchLayers(nn.Module):
    """PyTorch's stacks without the final norms, which the paper doesn't have."""

    def __init__(self, config: Config, waves: Tensor) -> None:
        super().__init__()
        self.embedding = nn.Embedding(config.vocab, config.width)
        made = nn.Transformer(
            config.width,
            config.heads,
            config.layers,
            config.layers,
            config.hidden,
            config.dropout,
            batch_first=True,
        )
        self.encoder, self.decoder = made.encoder, made.decoder
        self.encoder.norm = self.decoder.norm = None
        self.encoder.use_nested_tensor = False  # experimental, and it warns
        self.register_buffer("waves", waves, persistent=False)
        _stirred(self)
        for name, parameter in self.named_parameters():
            if name.endswith(("in_proj_bias", "out_proj.bias")):
                nn.init.zeros_(parameter)  # the paper has none

    def forward(
        self, source: Tensor, source_mask: Tensor, prefix: Tensor, prefix_mask: Tensor
    ) -> Tensor:
        """Scores as ours: PyTorch's masks are true where nothing may be seen."""
        x, y = (self._embed(tokens) for tokens in (source, prefix))
        ahead = torch.ones(y.shape[1], y.shape[1], dtype=torch.bool).triu(1)
        memory = self.encoder(x, src_key_padding_mask=~source_mask)
        out = self.decoder(
            y,
            memory,
            tgt_mask=ahead,
            tgt_key_padding_mask=~prefix_mask,
            memory_key_padding_mask=~source_mask,
        )
        return out @ self.embedding.weight.T

    def _embed(self, tokens: Tensor) -> Tensor:
        waves = self.get_buffer("waves")[: tokens.shape[1]]
        return self.embedding(tokens) * math.sqrt(waves.shape[1]) + waves


def _of_torch(attention: str, ours: str) -> list[Rule]:
    parts = tuple(rf"\g<1>{ours}.{name}.weight" for name in ("query", "key", "value"))
    return [
        Drop(rf"{attention}\.(in_proj_|out_proj\.)bias$"),  # all zero
        Split(rf"^(.*\.){attention}\.in_proj_weight$", parts),
        Rename(rf"\.{attention}\.out_proj\.", f".{ours}.proj."),
    ]


TORCH: tuple[Rule, ...] = (
    *_of_torch("self_attn", "attention"),
    *_of_torch("multihead_attn", "cross"),
    Rename(r"\.layers\.", "."),
    Rename(r"\.linear(\d)\.", r".mlp.fc\1."),
)


def torch_layers() -> dict[str, float]:
    """Outputs and parameter gradients with padding, two sizes, every parameter random."""
    gaps: dict[str, float] = {}
    for config in CONFIGS:
        torch.manual_seed(0)
        ours = Transformer(config)
        theirs = TorchLayers(config, ours.waves)
        found = agreement.modules(ours, theirs, inputs(config), TORCH)
        gaps = agreement.worst(gaps, found)
    return gaps


MARIAN: tuple[Rule, ...] = (
    Drop(r"(encoder|decoder)\.embed_(tokens|positions)\.weight$"),  # the first once more; fixed
    Rename(r"^model\.", ""),
    Rename(r"^shared\.", "embedding."),
    Rename(r"\.layers\.", "."),
    Rename(r"\.self_attn\.", ".attention."),
    Rename(r"\.encoder_attn\.", ".cross."),
    Rename(r"\.self_attn_layer_norm\.", ".norm1."),
    Rename(r"\.encoder_attn_layer_norm\.", ".norm2."),
    Rename(r"^(encoder.*)\.final_layer_norm\.", r"\1.norm2."),
    Rename(r"\.final_layer_norm\.", ".norm3."),
    Rename(r"\.(q)_proj\.", ".query."),
    Rename(r"\.k_proj\.", ".key."),
    Rename(r"\.v_proj\.", ".value."),
    Rename(r"\.out_proj\.", ".proj."),
    Rename(r"\.(fc\d)\.", r".mlp.\1."),
)


def hugging_face(config: Config) -> nn.Module:
    """Marian of the same sizes, all fields written out, as it starts."""
    if find_spec("torchvision"):
        reference.torchvision()  # transformers imports it wherever it is installed
    from transformers import MarianConfig, MarianModel

    return MarianModel(
        MarianConfig(
            vocab_size=config.vocab,
            d_model=config.width,
            encoder_layers=config.layers,
            decoder_layers=config.layers,
            encoder_attention_heads=config.heads,
            decoder_attention_heads=config.heads,
            encoder_ffn_dim=config.hidden,
            decoder_ffn_dim=config.hidden,
            max_position_embeddings=config.length,
            activation_function="relu",
            dropout=config.dropout,
            attention_dropout=0.0,
            activation_dropout=0.0,
            scale_embedding=True,
            share_encoder_decoder_embeddings=True,
            pad_token_id=None,
            eos_token_id=None,
            decoder_start_token_id=0,
        )
    )


class Marian(nn.Module):
    """Marian without biases in its attention, with the paper's waves, giving scores."""

    def __init__(self, config: Config, waves: Tensor) -> None:
        super().__init__()
        self.model: Any = _stirred(hugging_face(config))
        for name, part in self.model.named_modules():
            if name.endswith(("q_proj", "k_proj", "v_proj", "out_proj")):
                part.register_parameter("bias", None)
        for stack in (self.model.encoder, self.model.decoder):
            stack.embed_positions.weight = nn.Parameter(waves.clone(), requires_grad=False)

    def forward(
        self, source: Tensor, source_mask: Tensor, prefix: Tensor, prefix_mask: Tensor
    ) -> Tensor:
        """Scores as ours."""
        out = self.model(source, source_mask, prefix, prefix_mask).last_hidden_state
        return out @ self.model.shared.weight.T


def marian() -> dict[str, float]:
    """Outputs and parameter gradients with padding, two sizes, every parameter random."""
    gaps: dict[str, float] = {}
    for config in CONFIGS:
        torch.manual_seed(0)
        ours = Transformer(config)
        theirs = Marian(config, ours.waves)
        found = agreement.modules(ours, theirs, inputs(config), MARIAN)
        gaps = agreement.worst(gaps, found)
    return gaps


Params = dict[str, np.ndarray]


def _norm(x: np.ndarray, params: Params, name: str) -> np.ndarray:
    scaled = (x - x.mean()) / math.sqrt(x.var() + 1e-5)
    return scaled * params[f"{name}.weight"] + params[f"{name}.bias"]


def _head(query: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """One head at one place: equation 1, sum by sum."""
    scores = [math.exp(query @ key / math.sqrt(len(key))) for key in keys]
    return np.array(scores) @ values / sum(scores)


def _attend(x: np.ndarray, memory: list[np.ndarray], params: Params, name: str, heads: int):
    """What one place finds among those of `memory`, by all heads."""
    query, *of_memory = (params[f"{name}.{part}.weight"] for part in ("query", "key", "value"))
    keys, values = (np.array([matrix @ one for one in memory]) for matrix in of_memory)
    parts = (np.split(of, heads, axis=-1) for of in (query @ x, keys, values))
    found = [_head(*of_head) for of_head in zip(*parts, strict=True)]
    return params[f"{name}.proj.weight"] @ np.concatenate(found)


def _everywhere(x: np.ndarray, params: Params, name: str) -> np.ndarray:
    wide = params[f"{name}.fc1.weight"] @ x + params[f"{name}.fc1.bias"]
    return params[f"{name}.fc2.weight"] @ np.maximum(wide, 0) + params[f"{name}.fc2.bias"]


def _embedded(tokens: list[int], params: Params) -> list[np.ndarray]:
    width = params["embedding.weight"].shape[1]
    rows = []
    for place, token in enumerate(tokens):
        wave = [
            (math.sin if i % 2 == 0 else math.cos)(place / 10_000 ** ((i - i % 2) / width))
            for i in range(width)
        ]
        wave = np.array(wave, np.float32).astype(float)  # as the network keeps it
        rows.append(params["embedding.weight"][token] * math.sqrt(width) + wave)
    return rows


def _write_out(params: Params, source: list[int], prefix: list[int], config: Config) -> np.ndarray:
    """Scores at each place of the prefix; nothing here is padded."""
    xs, ys = _embedded(source, params), _embedded(prefix, params)
    for layer in range(config.layers):
        of = f"encoder.{layer}"
        found = [_attend(x, xs, params, f"{of}.attention", config.heads) for x in xs]
        xs = [_norm(x + a, params, f"{of}.norm1") for x, a in zip(xs, found, strict=True)]
        xs = [_norm(x + _everywhere(x, params, f"{of}.mlp"), params, f"{of}.norm2") for x in xs]
    for layer in range(config.layers):
        of, heads = f"decoder.{layer}", config.heads
        found = [
            _attend(y, ys[: t + 1], params, f"{of}.attention", heads) for t, y in enumerate(ys)
        ]
        ys = [_norm(y + a, params, f"{of}.norm1") for y, a in zip(ys, found, strict=True)]
        found = [_attend(y, xs, params, f"{of}.cross", heads) for y in ys]
        ys = [_norm(y + a, params, f"{of}.norm2") for y, a in zip(ys, found, strict=True)]
        ys = [_norm(y + _everywhere(y, params, f"{of}.mlp"), params, f"{of}.norm3") for y in ys]
    return np.array([params["embedding.weight"] @ y for y in ys])


def equations() -> dict[str, float]:
    """Outputs against a loop over examples, places and heads, two sizes."""
    gaps: dict[str, float] = {}
    for config in LOOPED:
        torch.manual_seed(0)
        model = _stirred(Transformer(config))
        full = {name: value[:1, :4] for name, value in inputs(config).items()}

        def naive(params: Params, config: Config = config, **given: np.ndarray) -> np.ndarray:
            pairs = zip(given["source"].tolist(), given["prefix"].tolist(), strict=True)
            return np.array([_write_out(params, *pair, config) for pair in pairs])

        gaps = agreement.worst(gaps, agreement.equations(model, naive, full))
    return gaps
