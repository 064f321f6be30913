"""RoBERTa against Hugging Face's, body and both heads."""

from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.transformers.roberta.model import RoBERTa
from nna.architectures.transformers.roberta.spec import EPS, FIRST, Config
from nna.architectures.transformers.roberta.weights import RULES
from nna.spec import Rename

CONFIGS = (
    Config(layers=2, width=24, heads=3, length=20, vocab=70),
    Config(layers=3, width=16, heads=1, length=9, vocab=45, classes=5),
)
PAD = FIRST - 1  # theirs finds the padding, and the positions, by this token


class HuggingFace(nn.Module):
    """Their masked language model, and their head for classes on the same body."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if find_spec("torchvision"):
            reference.torchvision()  # transformers imports it wherever it is installed
        from transformers import RobertaConfig, RobertaForMaskedLM
        from transformers.models.roberta.modeling_roberta import RobertaClassificationHead

        theirs = RobertaConfig(
            vocab_size=config.vocab,
            hidden_size=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            intermediate_size=4 * config.width,
            hidden_act="gelu",
            hidden_dropout_prob=config.dropout,
            attention_probs_dropout_prob=config.dropout,
            max_position_embeddings=FIRST + config.length,
            type_vocab_size=1,
            initializer_range=config.initial_std,
            layer_norm_eps=EPS,
            pad_token_id=PAD,
            tie_word_embeddings=True,
            **dict[str, Any](num_labels=config.classes),
        )
        self.model = RobertaForMaskedLM(theirs)
        self.classifier = RobertaClassificationHead(theirs)

    def forward(self, tokens: Tensor, tokens_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of the text as a whole and of words."""
        x = self.model.roberta(tokens, attention_mask=tokens_mask.long())[0]
        return self.classifier(x), self.model.lm_head(x)


class Real(nn.Module):
    """Zeros instead of scores where there is padding: no gradient of theirs comes from there."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor, tokens_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Both scores."""
        given = self.model(tokens, tokens_mask)
        whole, words = given.values() if isinstance(given, dict) else given
        return whole, words * tokens_mask[..., None]


def _stirred(model: nn.Module) -> nn.Module:
    """Move every parameter, biases and norms too, away from where it starts."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def inputs(config: Config, lengths: tuple[int, ...]) -> dict[str, Tensor]:
    """Texts of different lengths in one batch, behind them the token that theirs knows."""
    there = torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]
    text = torch.randint(FIRST, config.vocab, there.shape)
    return {"tokens": text.masked_fill(~there, PAD), "tokens_mask": there}


def transformers() -> dict[str, float]:
    """Outputs and parameter gradients, two sizes and odd lengths, every parameter random."""
    rules = (Rename(r"^model\.model\.", ""), Rename(r"^model\.", ""), *RULES, Rename("^", "model."))
    gaps: dict[str, float] = {}
    for config, lengths in zip(CONFIGS, ((19, 7, 20), (9, 1, 5)), strict=True):
        torch.manual_seed(0)
        theirs = Real(_stirred(HuggingFace(config)))
        found = agreement.modules(Real(RoBERTa(config)), theirs, inputs(config, lengths), rules)
        gaps = agreement.worst(gaps, found)
    return gaps
