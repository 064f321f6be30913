"""The long lag: an LSTM against the simple recurrence, and what the forget gate's bias decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

HIDDEN, TEST = 32, 1000
BIASES = (0, 1, 2, 3, 5)  # the last near the logarithm of the lag
MODELS = (*(f"lstm_{bias}" for bias in BIASES), "rnn", "rnn_identity")
SOLVED = 0.95  # share of test series


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train every model on the same series in the same order."""
    import torch

    from nna.data import catalog
    from nna.lab.learn import learn, seeded
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    data = Tensors.of(catalog.load("long_lag"))
    assert data.target is not None
    order = torch.randperm(len(data), generator=seeded(seed, "split"))
    kept, test = order[TEST:], order[:TEST]
    if quick:
        kept, test = kept[:128], test[:128]
    examples = Tensors.pair(data.x[kept], data.target[kept])
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 10,
        learning_rate=3e-3,
        batch_size=64,
        clip_norm=1.0,
    )
    numbers: dict[str, float] = {}
    for name in MODELS:
        torch.manual_seed(seed)
        model = build(name)
        learn(model, recipe, examples, seed=seed)
        with torch.no_grad():
            right = model.eval()(data.x[test]).argmax(1) == data.target[test]
        share = right.float().mean().item()
        numbers |= {name: 100 * share, f"{name}_solved": share >= SOLVED}
    return numbers


def build(name: str) -> nn.Module:
    """A model by the name it has here."""
    from nna import registry

    kind, _, setting = name.partition("_")
    if kind == "rnn":
        return simple(identity=setting == "identity")
    return registry.build("lstm", hidden=HIDDEN, forget_bias=float(setting), channels=8, classes=4)


def simple(identity: bool) -> nn.Module:
    """The simple recurrence h' = activation(Wx + Uh + b), a linear head on the last h.

    With tanh and PyTorch's start, U uniform within 1/sqrt(hidden); or with ReLU, U the identity
    and b zero (Le, Jaitly, Hinton 2015, arXiv:1504.00941).
    """
    import torch
    from torch import nn

    class Simple(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            activation = "relu" if identity else "tanh"
            self.body = nn.RNN(8, HIDDEN, nonlinearity=activation, batch_first=True)
            self.head = nn.Linear(HIDDEN, 4)
            if identity:
                start = dict(self.body.named_parameters())
                nn.init.eye_(start["weight_hh_l0"])
                nn.init.zeros_(start["bias_ih_l0"])
                nn.init.zeros_(start["bias_hh_l0"])

        def forward(self, series: torch.Tensor) -> torch.Tensor:
            return self.head(self.body(series)[0][:, -1])

    return Simple()


def figure(columns: Columns) -> Figure:
    """The share of runs that solve the task, and the accuracy of each run."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, rates, runs

    labels = [*(f"LSTM, forget bias {bias}" for bias in BIASES), "simple, tanh", "simple, identity"]
    colours = [BLUE] * len(BIASES) + [ORANGE] * 2
    drawing, (left, right) = new(9, 3.4, 2)
    solved = [columns[f"{name}_solved"] for name in MODELS]
    rates(left, list(zip(labels, solved, colours, strict=True)))
    left.set(
        xlabel=f"runs with {SOLVED:.0%} of test series right (%),\nwith 95 % interval",
        title="Solved at a lag of 100 steps",
    )
    runs(right, [(columns[name], c) for name, c in zip(MODELS, colours, strict=True)])
    right.axvline(25, color=GREY, linestyle=":", linewidth=1)
    right.set(
        xlabel="test series right (%), a dot a run;\ndotted: guessing",
        title="Accuracy",
        xlim=(0, 104),
        yticks=[],
    )
    return drawing


EXPERIMENT = Experiment(
    title="A symbol carried over 100 steps",
    scope="on 3,000 generated series of 101 symbols, 470 steps",
    claims=(
        Claim(
            row="RNN-07",
            says="An LSTM solves tasks with long lags that a simple recurrent network can't.",
            by=(
                "Hochreiter, Schmidhuber (1997). Long short-term memory. Neural Computation 9(8), "
                "section 5.2",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 10.10",
            ),
            conditions=(
                Condition(
                    says="the LSTM solves it, forget gates biased to 5",
                    of="lstm_5_solved",
                    at_least=0.8,
                ),
                Condition(says="the simple recurrence solves it", of="rnn_solved", at_most=0.2),
                Condition(
                    says="the same LSTM gets more series right than the simple recurrence",
                    of="lstm_5",
                    minus="rnn",
                    at_least=50,
                ),
                *(
                    Condition(
                        says=f"the LSTM solves it, forget gates biased to {bias}",
                        of=f"lstm_{bias}_solved",
                        at_least=0.8,
                        limit=True,
                    )
                    for bias in reversed(BIASES[:-1])
                ),
                Condition(
                    says="the simple recurrence solves it, started as the identity with ReLU",
                    of="rnn_identity_solved",
                    at_most=0.2,
                    limit=True,
                ),
            ),
            rather="How the forget gates start decides: their bias must let the memory last about "
            "as long as the lag (Tallec, Ollivier, 2018, Can recurrent neural networks warp "
            "time?, ICLR, arXiv:1804.11188); at 0 and 1 the LSTM mostly fails here. And a simple "
            "recurrence that starts as the identity, with ReLU, mostly succeeds (Le, Jaitly, "
            "Hinton, 2015, A simple way to initialize recurrent networks of rectified linear "
            "units, arXiv:1504.00941).",
        ),
    ),
    protocol=Protocol(
        data="The dataset long_lag: series of 101 symbols, the first one of four and to be told at "
        "the end, the others drawn from four that tell nothing; 3,000 series to train on and 1,000 "
        "to test on, drawn by the seed.",
        models="The architecture lstm with 32 cells, forget gates biased to 0, 1, 2, 3 and 5 at "
        "first (near the logarithm of the longest lag, 4.6, is the advice of Tallec and Ollivier, "
        "2018, arXiv:1804.11188); PyTorch's simple recurrence with 32 units, tanh and its usual "
        "start, or ReLU and the identity; each with a linear head on the last state.",
        training="Cross-entropy, Adam at rate 0.003, batches of 64, 10 epochs (470 steps), "
        "gradients clipped to norm 1; for all models the same.",
        measured="The share of test series right after the last step; solved means 95 % or more.",
        quick="128 series and one epoch.",
    ),
    quantities={
        name: quantity
        for model in MODELS
        for name, quantity in (
            (model, Quantity(about=f"test series that {model} gets right", unit="% of the series")),
            (
                f"{model}_solved",
                Quantity(about=f"{model} solves it", unit="of the runs", yes_no=True),
            ),
        )
    },
    seeds=40,
    minutes=24,
    measure=measure,
    figure=figure,
)
