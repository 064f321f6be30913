"""What a trained translator writes for a source alone: the likeliest of all, by beam search."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch

from nna import registry
from nna.data.examples import Examples
from nna.data.records.file import Asked
from nna.errors import UserError
from nna.tasks.translation import PREFIX, SOURCE, START
from nna.training.in_memory import AT_ONCE
from nna.workbench.prediction import decoding
from nna.workbench.prediction.answers import Answers, TranslationAnswer
from nna.workbench.trained_model import Trained

BEAM, LENGTH_PENALTY = 4, 0.6  # Vaswani 2017, section 6.1


def read(
    trained: Trained, source: str | Path | None, skip_bad: bool = False, encoding: str | None = None
) -> Examples:
    """The examples of a source, which may lack the beginnings of their translations.

    Args:
        trained: who translates.
        source: as `Trained.read` takes it.
        skip_bad: likewise.
        encoding: likewise.

    Raises:
        UserError: as `Trained.read`; or it doesn't translate.
    """
    if not trained.task.translates:
        raise UserError(
            f"{trained.run.folder} is for {trained.task}: leave out --beam and --length-penalty, "
            "which search for translations"
        )
    asked = Asked(
        None,
        trained.task,
        skip_bad,
        encoding,
        trained.config,
        learnt=True,
        answers=False,
        assumed={PREFIX: [START]},
    )
    found = trained.records(source, asked)
    return trained.read(source, skip_bad, encoding) if found is None else found


def translate(
    trained: Trained, examples: Examples, beam: int = BEAM, length_penalty: float = LENGTH_PENALTY
) -> Answers:
    """A translation of each example's source, its tokens without START and END.

    The architecture's folder says how it searches: `translate` in its `generate.py`.

    Args:
        trained: who translates, on the CPU.
        examples: as `read` gives them.
        beam: unfinished translations that are kept at every length; 1 takes the likeliest token.
        length_penalty: how much longer ones are favoured; 0: not at all.

    Raises:
        UserError: it doesn't search, computes elsewhere, or settings that make no sense.
    """
    if beam < 1:
        raise UserError(f"--beam must be at least 1, got {beam}")
    if not 0 <= length_penalty < math.inf:
        raise UserError(f"--length-penalty must be a number from 0 on, got {length_penalty:g}")
    if next(trained.model.parameters()).device.type != "cpu":
        raise UserError("translations are searched for on the CPU: leave out --device")
    search, seen = _search(trained.reference), trained.inputs(examples)
    said: list[list[int]] = []
    for rows in torch.arange(len(seen)).split(AT_ONCE):
        given = seen.batch(rows).inputs
        source, mask = given[SOURCE], given[f"{SOURCE}_mask"]
        said += search(trained.model, source, mask, beam, length_penalty)
    return Answers(
        TranslationAnswer(example=decoding.called(examples, i), tokens=" ".join(map(str, tokens)))
        for i, tokens in enumerate(said)
    )


def _search(reference: str) -> Any:
    try:
        return registry.resolve(reference, "generate:translate")
    except (ImportError, AttributeError) as error:
        raise UserError(f"{reference} has no generate.py with a function translate") from error
