"""DistilBERT against Hugging Face's, body and both heads."""

from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.transformers.distilbert.model import DistilBERT
from nna.architectures.transformers.distilbert.spec import Config
from nna.architectures.transformers.distilbert.weights import RULES
from nna.spec import Rename

CONFIGS = (
    Config(layers=2, width=24, heads=3, length=20, vocab=70),
    Config(layers=3, width=16, heads=1, length=9, vocab=45, classes=5),
)


class HuggingFace(nn.Module):
    """Their masked language model, and the layers that they put on it for classes."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if find_spec("torchvision"):
            reference.torchvision()  # transformers imports it wherever it is installed
        from transformers import (
            DistilBertConfig,
            DistilBertForMaskedLM,
            DistilBertForSequenceClassification,
        )

        theirs = DistilBertConfig(
            vocab_size=config.vocab,
            dim=config.width,
            n_layers=config.layers,
            n_heads=config.heads,
            hidden_dim=4 * config.width,
            activation="gelu",
            dropout=config.dropout,
            attention_dropout=config.dropout,
            seq_classif_dropout=0.0,
            max_position_embeddings=config.length,
            sinusoidal_pos_embds=False,
            initializer_range=config.initial_std,
            pad_token_id=None,  # else the word of number 0 would get no gradient
            tie_word_embeddings=True,
            **dict[str, Any](num_labels=config.classes),
        )
        self.model = DistilBertForMaskedLM(theirs)
        self.classifier = DistilBertForSequenceClassification(theirs)
        self.classifier.distilbert = self.model.distilbert  # one body for both

    def forward(self, tokens: Tensor, tokens_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of the text as a whole and of words, and the last states."""
        mask = tokens_mask.long()
        states = self.model.distilbert(tokens, attention_mask=mask)[0]
        whole = self.classifier(tokens, attention_mask=mask).logits
        return whole, self.model(tokens, attention_mask=mask).logits, states


def _stirred(model: nn.Module) -> nn.Module:
    """Move every parameter, biases and norms too, away from where it starts."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def inputs(config: Config, lengths: tuple[int, ...]) -> dict[str, Tensor]:
    """Texts of different lengths in one batch."""
    there = torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]
    return {"tokens": torch.randint(config.vocab, there.shape), "tokens_mask": there}


def transformers() -> dict[str, float]:
    """Outputs and parameter gradients, two sizes and odd lengths, every parameter random."""
    rules = (Rename(r"^model\.", ""), *RULES)
    gaps: dict[str, float] = {}
    for config, lengths in zip(CONFIGS, ((19, 7, 20), (9, 1, 5)), strict=True):
        torch.manual_seed(0)
        theirs = _stirred(HuggingFace(config))
        found = agreement.modules(DistilBERT(config), theirs, inputs(config, lengths), rules)
        gaps = agreement.worst(gaps, found)
    return gaps
