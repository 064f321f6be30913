"""The pages on which a mechanism is stepped through with the reader's own input."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """One page: `static/mech-<id>.js` computes it with `static/weights-<id>.js`."""

    id: str
    title: str
    about: str
    made: str  # where the weights are from
    cards: tuple[str, ...]  # ids of architectures that work so, the one shown first

    @property
    def path(self) -> str:
        """Where the page stands in the site."""
        return f"mechanism/{self.id}.html"


MECHANISMS = (
    Mechanism(
        id="kernel",
        title="A kernel slides over a digit",
        about="Draw a digit, slide one of LeNet-5's kernels over it, and pool what it finds.",
        made="The six kernels of the first layer of `lenet5`, trained on 1,400 of the digits.",
        cards=("lenet5", "lenet1", "lenet_1989", "neocognitron", "alexnet"),
    ),
    Mechanism(
        id="attention",
        title="Attention over a sentence",
        about="Type a sentence and see which characters each one takes from, head by head.",
        made="A `gpt1` of two layers with two heads of 12 numbers, trained on Moby-Dick, "
        "character by character.",
        cards=("gpt1", "gpt2", "transformer"),
    ),
    Mechanism(
        id="lstm",
        title="The gates of an LSTM",
        about="Type a text and follow a cell: what it keeps, takes in and shows at each character.",
        made="An `lstm` of 32 cells, trained to predict the next character of Moby-Dick.",
        cards=("lstm",),
    ),
    Mechanism(
        id="hopfield",
        title="A memory is recalled",
        about="Spoil a remembered digit and watch unit after unit lower the energy, to its rest.",
        made="A `hopfield` network of 64 units that holds three digits by Hebb's rule.",
        cards=("hopfield",),
    ),
    Mechanism(
        id="graph",
        title="Messages on a graph",
        about="Choose a member of a club, see what its neighbours send, and change who met whom.",
        made="A `gcn` with four hidden values a member, trained on Zachary's karate club with "
        "four known labels.",
        cards=("gcn", "mpnn"),
    ),
    Mechanism(
        id="diffusion",
        title="Noise becomes data",
        about="Begin with noise, and follow points back, step by step, as a diffusion model draws.",
        made="An `mlp` of 64 and 64 units that takes a point and its timestep, trained to tell the "
        "noise in points of two half-moons by the objective of `ddpm`, with 100 timesteps.",
        cards=("ddpm", "vae", "gan"),
    ),
)
