"""Distillation: find missing words, and be like a larger network that was trained to find them.

L = soft T^2 KL(teacher's shares || student's shares) + hard (surprise at the missing words)
+ cosine (1 - cos of the last states). Sanh and others (2019), DistilBERT, section 2; Hinton,
Vinyals, Dean (2015), Distilling the Knowledge in a Neural Network, section 2, for the temperature
T and its square. The weights of the sum are those of the authors' released code.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna import weights
from nna.errors import UserError
from nna.learning.base import Batch, Quantities
from nna.learning.masked_words import TOKENS, MaskedWords
from nna.learning.models import having
from nna.learning.settings import setting

HEADS = re.compile(r"^(pooler|head)\.")  # of the text as a whole: the teacher's are not asked


@runtime_checkable
class Sized(Protocol):
    """A network of some number of layers, by its configuration."""

    config: Any


@dataclass(frozen=True)
class Distillation(MaskedWords):
    """For networks that give scores of words and their last states."""

    teacher: str = setting(
        ""
    )  # the folder of a run, or a file of weights: of this network or of BERT
    temperature: float = setting(2.0, 0, is_open=True)  # divides the scores of both
    soft: float = setting(5.0, 0)  # weight of the teacher's shares
    hard: float = setting(2.0, 0)  # of the missing words
    cosine: float = setting(1.0, 0)  # of the last states' directions

    needs: ClassVar[str | None] = "teacher"

    def initial_state(self, model: nn.Module) -> nn.Module:
        """The teacher: as many layers as its weights have, else like the student."""
        if not self.teacher:
            raise UserError(
                "distillation needs a teacher: --set objective.teacher=RUN, the folder of a "
                "trained distilbert with more layers, or of a bert"
            )
        path = Path(self.teacher).expanduser()
        state = weights.read(path / weights.FILE if path.is_dir() else path)
        layers = {int(found[1]) for name in state if (found := re.match(r"body\.(\d+)\.", name))}
        config = having(model, Sized).config
        teacher = type(model)(dataclasses.replace(config, layers=len(layers), dropout=0.0))
        weights.load_exactly(teacher, _taught(state, teacher))
        return teacher.eval().requires_grad_(False)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """The weighted sum of the three, means over what each is about."""
        assert self.state is not None
        inputs, words = self.asked(model, batch)
        given = model(**inputs)
        with torch.no_grad():
            taught = self.state.eval()(**inputs)
        there = inputs[f"{TOKENS}_mask"]
        hard, told = self.judged(given, words, batch)
        soft = soft_loss(given["words"][there], taught["words"][there], self.temperature)
        apart = 1 - functional.cosine_similarity(given["states"], taught["states"], dim=-1)[there]
        loss = self.soft * soft + self.hard * hard + self.cosine * apart.mean()
        return loss, {**told, "soft loss": soft.detach(), "cosine loss": apart.mean().detach()}


def soft_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T^2 KL(teacher || student), a mean over rows of scores `(n, words)`."""
    shares, own = ((scores / temperature).log_softmax(-1) for scores in (teacher, student))
    apart = functional.kl_div(own, shares, reduction="batchmean", log_target=True)
    return apart * temperature**2


def _taught(state: Mapping[str, Tensor], teacher: nn.Module) -> dict[str, Tensor]:
    """A teacher's weights by the student's names; of BERT's two segments all is in the first."""
    found = {name: of for name, of in state.items() if not HEADS.match(name)}
    segments = found.pop("embeddings.segments.weight", None)
    if segments is not None:
        positions = found["embeddings.positions.weight"]
        found["embeddings.positions.weight"] = positions + segments[0]
    own = teacher.state_dict()
    return {**found, **{name: of for name, of in own.items() if HEADS.match(name)}}


OBJECTIVES = {"distillation": Distillation}
