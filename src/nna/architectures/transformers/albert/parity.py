"""ALBERT against Hugging Face's, body and both heads."""

from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.transformers.albert.model import ALBERT
from nna.architectures.transformers.albert.spec import EPS, SEGMENTS, Config
from nna.architectures.transformers.albert.weights import RULES
from nna.spec import Rename

_INNER = Rename(r"^model\.", "")
CONFIGS = (
    Config(layers=2, width=24, heads=3, embedding=10, length=20, vocab=70),
    Config(layers=3, width=16, heads=1, embedding=8, length=9, vocab=45, classes=5),
)


def hugging_face(config: Config) -> nn.Module:
    """Their model of the same sizes."""
    if find_spec("torchvision"):
        reference.torchvision()  # transformers imports it wherever it is installed
    from transformers import AlbertConfig, AlbertForPreTraining

    return AlbertForPreTraining(
        AlbertConfig(
            vocab_size=config.vocab,
            embedding_size=config.embedding,
            hidden_size=config.width,
            num_hidden_layers=config.layers,
            num_hidden_groups=1,
            inner_group_num=1,
            num_attention_heads=config.heads,
            intermediate_size=4 * config.width,
            hidden_act="gelu_new",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            classifier_dropout_prob=0.0,
            max_position_embeddings=config.length,
            type_vocab_size=SEGMENTS,
            initializer_range=config.initial_std,
            layer_norm_eps=EPS,
            pad_token_id=None,  # else the word of number 0 would get no gradient
            tie_word_embeddings=True,
            **dict[str, Any](num_labels=config.classes),
        )
    )


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
        return out.sop_logits, out.prediction_logits


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
        found = agreement.modules(ALBERT(config), theirs, inputs(config, lengths), rules)
        gaps = agreement.worst(gaps, found)
    return gaps
