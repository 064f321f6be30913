"""Sparsely-gated mixture of experts (MoE): each example asks a few experts out of many.

Shazeer, Mirhoseini, Maziarz, Davis, Le, Hinton, Dean. Outrageously Large Neural Networks: The
Sparsely-Gated Mixture-of-Experts Layer. ICLR 2017, arXiv:1701.06538.

Answers: a multilayer perceptron spends all its weights on every example, so knowing more costs
more. In the mixture of experts of Jacobs, Jordan, Nowlan and Hinton (1991) a gate weights
specialists by the input, but all of them answer. Keeping only the gate's k highest values leaves
the others unasked: what the network can hold grows with the experts, what an example costs doesn't.

Departs from the paper: its layer stands between two LSTMs, here it is the whole network, as in
1991; so experts have biases, and no sigmoid follows. Instead of sending examples to where experts
live, the chosen experts' weights are gathered for each example: simple, as cheap in multiply-adds,
and dear in memory (b k (features + classes) hidden numbers).

Shapes: b examples, features numbers each, experts of hidden units each, k of
them chosen, classes scores.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.feedforward.moe.spec import Config


class Gate(nn.Module):
    """Noisy top-k gating: which experts an example asks, and what each one's answer weighs."""

    def __init__(self, features: int, experts: int, k: int) -> None:
        super().__init__()
        self.k = k
        # all zeros: no signal and some noise, so that no expert starts ahead (appendix A)
        self.weight = nn.Parameter(torch.zeros(features, experts))
        self.noise = nn.Parameter(torch.zeros(features, experts))

    def forward(
        self, x: Float[Tensor, "b features"]
    ) -> tuple[Float[Tensor, "b k"], Int[Tensor, "b k"], Float[Tensor, "b experts"]]:
        """Weights, numbers of the experts, and how likely each was to be chosen."""
        clean = x @ self.weight
        if not self.training:
            top, chosen = clean.topk(self.k)
            return top.softmax(1), chosen, torch.zeros_like(clean).scatter(1, chosen, 1.0)
        spread = F.softplus(x @ self.noise)
        noisy = clean + torch.randn_like(clean) * spread  # H(x), equation 4
        top, chosen = noisy.topk(self.k + 1)
        kept, chosen = top[:, :-1], chosen[:, :-1]
        return kept.softmax(1), chosen, self.probability(clean, spread, noisy, top)

    def probability(
        self,
        clean: Float[Tensor, "b experts"],
        spread: Float[Tensor, "b experts"],
        noisy: Float[Tensor, "b experts"],
        top: Float[Tensor, "b k_and_1"],
    ) -> Float[Tensor, "b experts"]:
        """P(x, i): that i is among the top k, were its own noise alone drawn anew (appendix A).

        Then it must exceed the k-th highest of the others: one place further for those within.
        """
        within = noisy > top[:, -1:]
        bar = torch.where(within, top[:, -1:], top[:, -2:-1])
        return torch.special.ndtr((clean - bar) / spread)


class MoE(nn.Module):
    """The chosen experts' answers, weighted: y = sum of G(x)_i E_i(x) (equation 1).

    In training it gives a tuple: the scores, then two statistics of the batch, each a number an
    expert, that a loss may keep even: its importance, the sum of its weights (equation 6), and its
    load, a smooth estimate of how many examples ask it (appendix A).
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if not 1 <= config.top_k < config.experts:
            raise ValueError(
                f"of {config.experts} experts, at least one and fewer than all are chosen, "
                f"not {config.top_k}"
            )
        experts, features, hidden = config.experts, config.features, config.hidden
        self.gate = Gate(features, experts, config.top_k)
        self.enter = nn.Parameter(torch.empty(experts, features, hidden))
        self.enter_bias = nn.Parameter(torch.zeros(experts, hidden))
        self.leave = nn.Parameter(torch.empty(experts, hidden, config.classes))
        self.leave_bias = nn.Parameter(torch.zeros(experts, config.classes))
        nn.init.normal_(self.enter, std=(2 / features) ** 0.5)
        nn.init.normal_(self.leave, std=hidden**-0.5)

    def ask(
        self, x: Float[Tensor, "b features"], chosen: Int[Tensor, "b k"]
    ) -> Float[Tensor, "b k classes"]:
        """What each chosen expert answers: one hidden layer of ReLU."""
        enter, leave = self.enter[chosen], self.leave[chosen]
        hidden = F.relu(torch.einsum("bf,bkfh->bkh", x, enter) + self.enter_bias[chosen])
        return torch.einsum("bkh,bkhc->bkc", hidden, leave) + self.leave_bias[chosen]

    def forward(
        self, table: Float[Tensor, "b features"]
    ) -> Float[Tensor, "b classes"] | tuple[Float[Tensor, "..."], ...]:
        weights, chosen, probability = self.gate(table)
        scores = (weights[:, :, None] * self.ask(table, chosen)).sum(1)
        if not self.training:
            return scores
        gates = torch.zeros_like(probability).scatter(1, chosen, weights)
        return scores, gates.sum(0), probability.sum(0)
