"""Convolution along one axis: on a series, on text, on DNA, each against a plain rival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity
from nna.lab.one_axis import TOPICS, VOCAB, beats, fragments, likeness, scan, sequences

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from torch import Tensor, nn

KERNEL = 12  # bases that the filters span


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train a network and its rival on each kind of data."""
    return {**series(seed, quick), **text(seed, quick), **dna(seed, quick)}


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int, seed: int) -> None:
    """Adam and cross-entropy, the same for all three."""
    from nna.lab.learn import learn
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        learning_rate=3e-3,
        batch_size=50,
        schedule="cosine",
    )
    learn(model, recipe, Tensors.pair(x, y), seed=seed)


def logistic(x: Tensor, y: Tensor, kept: int) -> float:
    """Test accuracy (%) of logistic regression on all inputs as they are."""
    from sklearn.linear_model import LogisticRegression

    flat, target = x.flatten(1).numpy(), y.numpy()
    fitted = LogisticRegression(max_iter=1000).fit(flat[:kept], target[:kept])
    return 100 * float(fitted.score(flat[kept:], target[kept:]))


def series(seed: int, quick: bool) -> dict[str, float]:
    """Find the series of heart beats in which one beat ends downwards."""
    import torch

    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy
    from nna.training.in_memory import Tensors

    kept = 100 if quick else 1000
    x, y = beats(kept + (100 if quick else 500), seeded(seed, "beats"))
    torch.manual_seed(seed)
    model = detector()
    train(model, x[:kept], y[:kept], 1 if quick else 15, seed)
    return {
        "series": accuracy(model, Tensors.pair(x[kept:], y[kept:])),
        "series_rival": logistic(x, y, kept),
    }


def detector() -> nn.Module:
    """Two convolutions, the greatest answer along the series, a linear head."""
    from torch import nn

    return nn.Sequential(
        nn.Conv1d(1, 16, 9, padding=4),
        nn.ReLU(),
        nn.MaxPool1d(2),
        nn.Conv1d(16, 16, 9, padding=4),
        nn.ReLU(),
        nn.AdaptiveMaxPool1d(1),
        nn.Flatten(),
        nn.Linear(16, 2),
    )


def text(seed: int, quick: bool) -> dict[str, float]:
    """Tell from which chapter of the Python reference 40 words come."""
    import numpy as np
    import torch
    from sklearn.linear_model import LogisticRegression

    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy
    from nna.training.in_memory import Tensors

    every = 20 if quick else 1  # fragment
    cut = float(torch.rand(1, generator=seeded(seed, "cut")))
    (x, y), (tx, ty) = fragments(cut, every)
    torch.manual_seed(seed)
    model = reader()
    train(model, torch.tensor(x), torch.tensor(y), 1 if quick else 8, seed)

    def bag(rows: np.ndarray) -> np.ndarray:
        return np.log1p([np.bincount(row, minlength=VOCAB + 2) for row in rows])

    fitted = LogisticRegression(max_iter=1000).fit(bag(x), y)
    return {
        "text": accuracy(model, Tensors.pair(torch.tensor(tx), torch.tensor(ty))),
        "text_rival": 100 * float(fitted.score(bag(tx), ty)),
        "text_commonest": 100 * float((ty == np.bincount(y).argmax()).mean()),
    }


def reader() -> nn.Module:
    """Kim (2014): words as vectors, filters over 3, 4, 5 words, each one's greatest answer."""
    import torch
    from torch import nn

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(VOCAB + 2, 32)
            self.filters = nn.ModuleList(nn.Conv1d(32, 32, width) for width in (3, 4, 5))
            self.head = nn.Sequential(nn.Dropout(0.5), nn.Linear(96, len(TOPICS)))

        def forward(self, words: torch.Tensor) -> torch.Tensor:
            x = self.embed(words).transpose(1, 2)
            return self.head(torch.cat([f(x).relu().amax(2) for f in self.filters], dim=1))

    return Reader()


def dna(seed: int, quick: bool) -> dict[str, float]:
    """Find the sequences that hold a motif, and look for it in the filters."""
    import torch
    from torch import nn

    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy
    from nna.training.in_memory import Tensors

    kept = 100 if quick else 2000
    x, y, odds = sequences(kept + (100 if quick else 1000), seeded(seed, "sequences"))
    torch.manual_seed(seed)
    filters = nn.Conv1d(4, 8, KERNEL)
    model = nn.Sequential(
        filters, nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(8, 2)
    )
    untrained = likeness(filters.weight, odds)
    train(model, x[:kept], y[:kept], 1 if quick else 20, seed)
    match = likeness(filters.weight, odds)
    return {
        "dna": accuracy(model, Tensors.pair(x[kept:], y[kept:])),
        "dna_rival": logistic(x, y, kept),
        "dna_known": scan(x, y, kept, odds),
        "match": match,
        "matched": match >= 0.9,
        "match_untrained": untrained,
    }


def figure(columns: Columns) -> Figure:
    """Accuracy on each kind of data, and how much a filter resembles the motif."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    rows = {
        "series": ("series: network", BLUE),
        "series_rival": ("logistic regression", ORANGE),
        "text": ("text: network", BLUE),
        "text_rival": ("counts of words", ORANGE),
        "text_commonest": ("the commonest chapter", GREY),
        "dna": ("DNA: network", BLUE),
        "dna_rival": ("logistic regression", ORANGE),
        "dna_known": ("who knows the motif", GREY),
    }
    drawing, (left, right) = new(9, 3.6, 2)
    runs(left, [(columns[name], colour) for name, (_, colour) in rows.items()])
    left.set_yticks(range(len(rows)), [label for label, _ in rows.values()])
    left.set(
        xlim=(-2, 102),
        xlabel="test examples right (%), a dot a run,\na bar their mean",
        title="Accuracy",
    )
    runs(right, [(columns["match"], BLUE), (columns["match_untrained"], GREY)])
    right.axvline(0.9, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks((0, 1), ("trained", "before"))
    right.set(
        xlim=(0, 1.02),
        xlabel="correlation of the most alike filter with the motif;\ndotted: taken for the motif",
        title="Filters on DNA",
    )
    return drawing


def _right(whose: str) -> Quantity:
    return Quantity(about=f"test examples right: {whose}", unit="points")


EXPERIMENT = Experiment(
    title="Convolution along one axis: series, text, DNA",
    scope="on generated series and DNA and one text, 8 to 20 epochs",
    claims=(
        Claim(
            row="CNN-45",
            says="One-dimensional convolutional networks work for time series, text and DNA.",
            by=(
                "Kim (2014). Convolutional neural networks for sentence classification. EMNLP, "
                "arXiv:1408.5882",
                "Alipanahi, Delong, Weirauch, Frey (2015). Predicting the sequence specificities "
                "of DNA- and RNA-binding proteins by deep learning. Nature Biotechnology 33(8)",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 9.7",
            ),
            conditions=(
                Condition(
                    says="series: better than logistic regression on the samples",
                    of="series",
                    minus="series_rival",
                    at_least=15,
                ),
                Condition(
                    says="text: better than naming the commonest chapter",
                    of="text",
                    minus="text_commonest",
                    at_least=15,
                ),
                Condition(
                    says="text: no worse than logistic regression on counts of words, which "
                    "ignores their order",
                    of="text",
                    minus="text_rival",
                    at_least=0,
                    limit=True,
                ),
                Condition(
                    says="DNA: better than logistic regression on the bases",
                    of="dna",
                    minus="dna_rival",
                    at_least=15,
                ),
                Condition(
                    says="DNA: in most runs one filter becomes the planted motif",
                    of="matched",
                    at_least=0.5,
                ),
                Condition(
                    says="DNA: it does so in nearly all",
                    of="matched",
                    at_least=0.9,
                    limit=True,
                ),
                Condition(
                    says="DNA: nearly as good as who knows the motif",
                    of="dna",
                    minus="dna_known",
                    at_least=-3,
                    limit=True,
                ),
            ),
            rather="They work; but on little text a linear model on counts of words does better. "
            "Kim (2014) gave the network word vectors that were learnt beforehand from 100 "
            "billion words.",
        ),
    ),
    protocol=Protocol(
        data="Series: 200 samples with a beat of three bumps about every 40, noise 0.1; in half of "
        "them the last bump of one beat points down; each less its mean; 1,000 to train on, 500 to "
        "test on. Text: runs of 40 words (and signs) of seven chapters of the Python reference as "
        "it comes with Python (specialnames, compound, types, formatstrings, typesseq, "
        "string-methods, debugger); a stretch of 30 % of each chapter, drawn by the seed, to test "
        "on, the rest, some 1,100 runs, to train on. DNA: 60 bases drawn evenly; in half of the "
        "sequences 8 drawn from a motif that prefers one base at each place with 0.85, in the "
        "other half 8 such bases in a random order; 2,000 to train on, 1,000 to test on.",
        models="Series: two convolutions of 16 filters over 9 samples with ReLU, a maximum over 2 "
        "between. Text: vectors of 32 for the 2,000 commonest words, 32 filters each over 3, 4 and "
        "5 words, dropout 0.5. DNA: 8 filters over 12 bases with ReLU. Each with a maximum along "
        "the axis and a linear head. Rivals: logistic regression (scikit-learn, C = 1) on the "
        "samples, on log(1 + count) of the words, on the bases as ones; and for DNA the greatest "
        "log odds of the true motif against the best threshold.",
        training="Cross-entropy, Adam at rate 0.003 falling as a cosine, batches of 50; 15 epochs "
        "for series, 8 for text, 20 for DNA.",
        measured="The share of test examples right; on DNA also the greatest correlation of any "
        "8 places of any filter with the motif's log odds, both less their mean over the bases; "
        "one that reaches 0.9 is taken for the motif. (Else two filters may share it, one its "
        "beginning and one its end.)",
        quick="100 series and sequences, a twentieth of the text, one epoch.",
    ),
    quantities={
        "series": _right("series, network"),
        "series_rival": _right("series, logistic regression"),
        "text": _right("text, network"),
        "text_rival": _right("text, counts of words"),
        "text_commonest": _right("text, the commonest chapter"),
        "dna": _right("DNA, network"),
        "dna_rival": _right("DNA, logistic regression"),
        "dna_known": _right("DNA, who knows the motif"),
        "match": Quantity(about="likeness of the best filter to the motif", unit="correlation"),
        "matched": Quantity(
            about="one filter is the motif (0.9 or more)", unit="of the runs", yes_no=True
        ),
        "match_untrained": Quantity(about="the same before training", unit="correlation"),
    },
    seeds=60,
    minutes=4,
    measure=measure,
    figure=figure,
)
