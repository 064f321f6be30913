"""Mark I perceptron: a retina, wires at random, and a last stage that learns from mistakes.

Hay, Lynch, Smith. Mark I Perceptron Operators' Manual (Project PARA). Cornell Aeronautical
Laboratory, report VG-1196-G-5, 1960; Rosenblatt. Perceptron Simulation Experiments. Proceedings of
the IRE 48, 1960, doi:10.1109/JRPROC.1960.287598.

Answers: a perceptron that reads its retina directly can only weigh single points. A layer of
threshold units between, each wired to some points at random, turns a picture into many small
judgements, and these are what the adjustable weights read.

Departs from the machine: the sums are answered, not the signs that its response units give, and
the greatest decides where each unit stands for a class; all wires of an association unit are drawn
from the retina as a whole; its threshold is one. Weights have no limits; the machine's were
potentiometers, turned by motors.

Shapes: b pictures of 20 x 20 photocells, units that associate, classes that respond.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.feedforward.mark_i.spec import SIDE, SOCKETS, Config

THRESHOLD = 1.0  # of association units: excitation must exceed inhibition


class MarkI(nn.Module):
    """S-units, lit or dark; A-units, firing or not; R-units that weigh the A-units."""

    wiring: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        wires, sockets = config.units * config.connections, SIDE**2 * SOCKETS
        if wires > sockets:
            raise ValueError(f"{wires} wires, but the photocells have {sockets} sockets together")
        # sockets of photocells are dealt to the A-units; every second wire inhibits
        cells = (torch.randperm(sockets)[:wires] % SIDE**2).view(config.units, -1)
        signs = torch.ones(config.connections)
        signs[1::2] = -1
        wiring = torch.zeros(config.units, SIDE**2)
        wiring.scatter_add_(1, cells, signs.expand(config.units, -1))
        self.register_buffer("wiring", wiring)
        self.linear = nn.Linear(config.units, config.classes, bias=False)
        nn.init.zeros_(self.linear.weight)

    def hidden(self, retina: Float[Tensor, "b 1 20 20"]) -> Float[Tensor, "b units"]:
        """Which A-units fire: 1 where lit cells excite by more than others inhibit, else 0."""
        lit = (retina.flatten(1) > 0).to(retina.dtype)
        return (functional.linear(lit, self.wiring) >= THRESHOLD).to(retina.dtype)

    def forward(self, retina: Float[Tensor, "b 1 20 20"]) -> Float[Tensor, "b classes"]:
        return self.linear(self.hidden(retina))
