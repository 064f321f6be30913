"""Facts about the deep belief network: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Paper,
    Parity,
    Printed,
    Recipe,
    Scores,
    Signature,
    Table,
    Variant,
)
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one deep belief network."""

    features: int  # visible units: bits, or chances of bits
    widths: tuple[int, ...]  # hidden units, layer by layer; the last see the labels as well
    classes: int  # label units


VARIANTS = {
    # figure 1 of the paper: 1,662,000 weights and 4,794 biases
    "mnist": Variant(
        Config(features=784, widths=(500, 500, 2000), classes=10),
        1_666_794,
        paper={"params": Printed(1.7e6, "section 1, about that many weights", within=0.03)},
        macs=1_642_000,
    ),
    "desk": Variant(Config(features=64, widths=(200, 200, 500), classes=10), 159_174, macs=152_800),
}

SPEC = Architecture(
    name="Deep belief network",
    limitation="One layer of hidden units is shallow; many, from random weights, learn badly.",
    idea="Machines are stacked and learnt one by one, each from the hidden units of the one below.",
    paper=Paper(
        title="A Fast Learning Algorithm for Deep Belief Nets",
        authors="Hinton, Osindero, Teh",
        kind="article",
        year=2006,
        venue="Neural Computation 18",
        doi="10.1162/neco.2006.18.7.1527",
    ),
    builds_on=("rbm", "mlp"),
    inputs={"table": Table()},
    outputs=Scores(),
    tasks=("classification",),
    model="model:DBN",
    tiny=Config(features=6, widths=(5, 4), classes=3),
    variants=VARIANTS,
    recipe=Recipe(
        objective="greedy_contrastive_divergence", epochs=150, learning_rate=0.3, batch_size=32
    ),
    published_recipe="greedy learning of each machine by contrastive divergence (section 4), then "
    "all weights together by a contrastive wake-sleep algorithm (section 5)",
    objectives=("greedy_contrastive_divergence", "cross_entropy"),
    signature=Signature(
        data="digit_bitmaps",
        metric="accuracy",
        threshold=0.92,
        baseline="logistic regression",
        expected_failure="Keep what the label needs but the data don't show: of fair coins, two of "
        "which decide the label, lower layers have nothing to learn, and the top nothing to go by.",
        failure_test="test_what_the_data_do_not_show_is_lost_until_the_label_reaches_down",
    ),
    initial=(
        Initial(
            r"layers\.\d+\.weight", "normal", 0.01, "Hinton 2012, A practical guide, section 8.1"
        ),
    ),
    parity=(
        Parity(
            against="a stack of sklearn.neural_network.BernoulliRBM",
            check="parity:scikit_learn",
            needs="sklearn",
        ),
        Parity(against="sums over all top states in NumPy", check="parity:enumeration"),
    ),
    advice=(
        Advice(
            when="few labels, many unlabelled examples of bits",
            verdict="yes",
            because="all layers but the top learn without labels",
            source="test_dbn.py, on digits with 100 labels",
        ),
        Advice(
            when="layers of logistic units that gradients alone don't move",
            verdict="yes",
            because="they then start from features of the data instead of noise",
            source="Bengio, Lamblin, Popovici, Larochelle 2007; test_dbn.py",
        ),
        Advice(
            when="what decides the label is a faint part of the data",
            verdict="no",
            because="lower layers learn what the data are like, not what tells labels apart",
            source="Bengio, Lamblin, Popovici, Larochelle 2007; test_dbn.py",
        ),
        Advice(
            when="enough labels for a network with rectifiers, good initial weights and norms",
            verdict="no",
            because="such networks learn all layers together, without stages",
            source="Glorot, Bordes, Bengio 2011, Deep Sparse Rectifier Neural Networks",
        ),
    ),
)
