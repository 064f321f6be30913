"""Parts of a model that don't learn: neither their parameters nor their statistics move."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from nna.errors import UserError


@dataclass(frozen=True, slots=True)
class Frozen:
    """The frozen parts of a model."""

    norms: tuple[nn.Module, ...]  # that keep statistics of what they see in training

    @classmethod
    def of(cls, model: nn.Module, parts: tuple[str, ...]) -> Frozen:
        """Stop the parameters whose names begin so from learning.

        Args:
            model: to be trained.
            parts: starts of names, whole parts of them: "stem", "body.0".

        Raises:
            UserError: no name begins so, or nothing is left to learn.
        """
        for part in parts:
            found = [p for name, p in model.named_parameters() if _begins(name, part)]
            if not found:
                first = dict.fromkeys(name.split(".")[0] for name, _ in model.named_parameters())
                raise UserError(f"--freeze {part}: no such part; there are: {', '.join(first)}")
            for parameter in found:
                parameter.requires_grad_(False)
        if parts and not any(p.requires_grad for p in model.parameters()):
            raise UserError("--freeze leaves nothing to learn")
        norms = [
            module
            for name, module in model.named_modules()
            if isinstance(module, _NormBase) and any(_begins(name, part) for part in parts)
        ]
        return cls(tuple(norms))

    def keep_still(self) -> None:
        """Let frozen norms use the statistics that they have, while the rest is in training."""
        for norm in self.norms:
            norm.eval()


def _begins(name: str, part: str) -> bool:
    return f"{name}.".startswith(f"{part}.")
