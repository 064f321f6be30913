"""Facts about the graph convolutional network: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Edges,
    Nodes,
    Paper,
    Parity,
    Part,
    Printed,
    Recipe,
    Scores,
    Signature,
    Variant,
)
from nna.spec_training import Dropout, Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one graph convolutional network."""

    features: int  # numbers that describe a node
    classes: int  # scores given for a node
    hidden: int = 16  # numbers that describe a node after the first convolution
    dropout: float = 0.5  # share of the inputs of each convolution silenced in training


def _paper(params: int, percent: float, biases: int) -> dict[str, Printed]:
    """Weights by equation 9; accuracy on the Planetoid split, mean of 100 runs."""
    differs = f"by its two matrices; ours add {biases} biases, as the authors' PyTorch code does"
    return {
        "params": Printed(params, "equation 9", within=0.003, differs=differs),
        "accuracy": Printed(percent, "table 2"),
    }


# Multiply-adds are those of a whole graph, features taken as dense: nodes and edges of table 1,
# where an edge is printed once and leads both ways.
SPEC = Architecture(
    name="Graph convolutional network",
    limitation="Filters on the spectrum of a graph need its eigenvectors, or polynomials of high "
    "order, and are tied to one graph.",
    idea="One layer is one step to the neighbours, each weighted by both ends' degrees.",
    paper=Paper(
        title="Semi-Supervised Classification with Graph Convolutional Networks",
        authors="Kipf, Welling",
        year=2017,
        venue="ICLR",
        arxiv="1609.02907",
    ),
    since=2016,
    builds_on=("gnn", "chebnet"),
    inputs={"nodes": Nodes(), "edges": Edges()},
    outputs=Scores(),
    tasks=("node-classification",),
    model="model:GCN",
    twin="model_keras:GCN",
    tiny=Config(features=5, classes=3, hidden=4),
    variants={
        "cora": Variant(
            Config(features=1433, classes=7),
            23_063,
            _paper(23_040, 81.5, 23),
            macs=62_704_338,
            costs_at={"nodes": 2_708, "edges": 2 * 5_429},
        ),
        "citeseer": Variant(
            Config(features=3703, classes=6),
            59_366,
            _paper(59_344, 70.3, 22),
            macs=197_718_890,
            costs_at={"nodes": 3_327, "edges": 2 * 4_732},
        ),
        "pubmed": Variant(
            Config(features=500, classes=3),
            8_067,
            _paper(8_048, 79.0, 19),
            macs=160_741_883,
            costs_at={"nodes": 19_717, "edges": 2 * 44_338},
        ),
        "nell": Variant(  # all but 5,414 features are one-hot names of relations (section 5.1)
            Config(features=61_278, classes=210, hidden=64, dropout=0.1),
            3_935_506,
            _paper(3_935_232, 66.0, 274),
            macs=258_925_043_942,
            costs_at={"nodes": 65_755, "edges": 2 * 266_144},
        ),
        # Karate's features only name the member: dropout would hide who it is.
        "desk": Variant(
            Config(features=34, classes=4, hidden=64, dropout=0.0),
            2_500,
            macs=95_608,
            costs_at={"nodes": 34, "edges": 2 * 78},
        ),
    },
    recipe=Recipe(
        objective="cross_entropy",
        epochs=200,
        learning_rate=0.01,
        batch_size=0,
        weight_decay=5e-4,
    ),
    published_recipe=(
        "Adam, rate 0.01, all nodes at once, at most 200 epochs, stopped when the validation loss "
        "has not fallen for 10; dropout 0.5 before both layers, L2 penalty 5e-4 on the first "
        "layer's weights only, feature rows divided by their sums (sections 5.2 and 6.1)"
    ),
    objectives=("cross_entropy",),
    signature=Signature(
        data="karate",
        metric="accuracy",
        threshold=0.7,
        baseline="logistic regression",
        expected_failure="Telling a node of a hexagon from one of two triangles when all features "
        "are alike: no depth or weights part what the Weisfeiler-Leman colouring does not.",
        failure_test="test_it_cannot_tell_a_hexagon_from_two_triangles",
    ),
    dropout=(
        Dropout(
            at=r"dropout",
            rate="dropout",
            source="section 5.2: the inputs of both layers",
            times=2,
            desk="its features only name the member: dropout would hide who it is",
        ),
    ),
    initial=(
        Initial(
            r"(first|second)\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out))",
            "section 5.2: Glorot 2010",
        ),
    ),
    parity=(
        Parity(
            against="PyTorch Geometric GCNConv, twice",
            check="parity:geometric",
            needs="torch_geometric",
        ),
        Parity(against="equations 2 and 9 in NumPy, dense", check="parity:dense"),
    ),
    parts=(Part("propagate", "mean over neighbours", closed=True),),
    advice=(
        Advice(
            when="nodes of one graph, few of them labelled, edges that join like with like",
            verdict="yes",
            because="with 20 labels a class on Cora, 81.5 % of the test nodes are right, against "
            "55.1 % for the same network without edges",
            source="paper, table 3",
        ),
        Advice(
            when="edges that mostly join unlike nodes",
            verdict="no",
            because="a node's own features are averaged away into its neighbours'; on several such "
            "graphs a network that ignores the edges does better",
            source="Zhu 2020, section 5.2",
        ),
        Advice(
            when="answers that depend on nodes many steps away",
            verdict="no",
            because="each layer is one step, and many steps make all nodes of a component alike",
            source="Li 2018, theorem 1",
        ),
        Advice(
            when="nodes told apart by structure alone, without features",
            verdict="no",
            because="what the Weisfeiler-Leman colouring can't part, no such network can",
            source="Xu 2019, lemma 2",
        ),
    ),
    waive={
        "examples_do_not_mix": "the nodes are the examples, and edges are there to mix them",
    },
)
