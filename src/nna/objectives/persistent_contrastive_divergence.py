"""Persistent contrastive divergence: the chains go on where the last step left them.

The machine's own correlations are taken from chains that never return to the data, so that they
come to roam wherever the machine believes data to be. Tieleman (2008), Training Restricted
Boltzmann Machines using Approximations to the Likelihood Gradient.
"""

from torch import Tensor, nn

from nna.objectives.contrastive_divergence import ContrastiveDivergence, draw


class PersistentContrastiveDivergence(ContrastiveDivergence):
    """For the same models, with a buffer `chains` of hidden states `(c, h)`."""

    def fantasies(self, model: nn.Module, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """One or more steps further; the data don't matter here."""
        visible, chains = hidden, model.get_buffer("chains")
        for _ in range(self.steps):
            visible = draw(model.visible_given(chains))  # type: ignore[operator]
            hidden = model.hidden_given(visible)  # type: ignore[operator]
            chains.copy_(draw(hidden))
        return visible, hidden


OBJECTIVE = PersistentContrastiveDivergence()
