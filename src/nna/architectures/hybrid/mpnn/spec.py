"""Facts about the message passing neural network: sizes, sources, graphs it reads."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Graphs,
    Paper,
    Parity,
    Part,
    Recipe,
    Scores,
    Signature,
    Variant,
)
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one message passing network."""

    features: int  # numbers that describe a node
    edge_features: int  # numbers that describe an edge
    classes: int  # scores given for a graph
    hidden: int = 16  # numbers of a node's state, at least as many as features
    edge_hidden: int = 32  # units of the edge network's hidden layer
    steps: int = 3  # rounds of messages, T in the paper
    reads: int = 3  # times that set2set looks at all nodes, M in the paper


# Costs are those of a ring of four nodes and four edges.
VARIANTS = {
    # of the baseline of the Alchemy molecules (Tencent, 2019): twelve properties of each, states
    # of 64 numbers, six steps and six reads; its first layer is a linear map where ours pads
    "molecule": Variant(
        Config(
            features=15,
            edge_features=5,
            classes=12,
            hidden=64,
            edge_hidden=128,
            steps=6,
            reads=6,
        ),
        617_932,
        macs=3_115_008,
    ),
    "desk": Variant(
        Config(features=3, edge_features=2, classes=2, hidden=16, edge_hidden=16),
        10_114,
        macs=49_376,
    ),
}

SPEC = Architecture(
    name="Message passing neural network",
    limitation="A matrix for each kind of edge has no place for edges that numbers describe.",
    idea="A network turns an edge's features into the matrix that its messages pass through.",
    paper=Paper(
        title="Neural Message Passing for Quantum Chemistry",
        authors="Gilmer, Schoenholz, Riley, Vinyals, Dahl",
        year=2017,
        venue="ICML",
        arxiv="1704.01212",
    ),
    builds_on=("gnn", "gru"),
    inputs={"graphs": Graphs(edge_features="edge_features")},
    outputs=Scores(),
    tasks=("classification", "regression"),
    model="model:MPNN",
    twin="model_keras:MPNN",
    tiny=Config(features=3, edge_features=2, classes=2, hidden=5, edge_hidden=4, steps=2, reads=2),
    variants=VARIANTS,
    recipe=Recipe(
        objective="cross_entropy", epochs=40, learning_rate=3e-3, batch_size=32, clip_norm=1.0
    ),
    published_recipe=(
        "Adam on batches of 20 molecules for 3 million steps, the first rate drawn between 1e-5 "
        "and 5e-4 and lowered linearly from some point on, T between 3 and 8, M between 1 and 12, "
        "by a random search of 50 trials (section 7)"
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=Signature(
        data="allies",
        metric="accuracy",
        threshold=0.9,
        baseline="logistic regression",
        expected_failure="Telling a graph of one hexagon from a graph of two triangles when all "
        "nodes and edges are alike: the Weisfeiler-Leman colouring doesn't part them.",
        failure_test="test_it_cannot_tell_a_hexagon_from_two_triangles",
    ),
    initial=(
        Initial(
            r"(update|readout\.lstm)\.(weight|bias)_.h",
            "uniform",
            "1 / sqrt(hidden)",
            "PyTorch's recurrent layers",
        ),
    ),
    parity=(
        Parity(
            against="PyTorch Geometric NNConv and Set2Set",
            check="parity:geometric",
            needs="torch_geometric",
        ),
        Parity(against="equations 1 to 3, node by node in NumPy", check="parity:loops"),
    ),
    parts=(
        Part("messages", "messages along edges", closed=True),
        Part("softmax_within", "softmax over a graph", closed=True),
    ),
    advice=(
        Advice(
            when="whole graphs, whose edges are described by numbers",
            verdict="yes",
            because="the matrix of a message is computed from the edge's numbers",
            source="paper, section 5.1",
        ),
        Advice(
            when="graphs told apart by structure alone, without features",
            verdict="no",
            because="what the Weisfeiler-Leman colouring can't part, no such network can",
            source="Xu 2019, lemma 2",
        ),
        Advice(
            when="states of many numbers on graphs of many edges",
            verdict="no",
            because="each edge holds a matrix of hidden x hidden numbers",
            source="paper, section 5.4",
        ),
    ),
)
