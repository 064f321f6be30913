from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers that describe a node
    edge_features: int  # numbers that describe an edge
    classes: int  # scores given for a graph
    hidden: int = 16  # numbers of a node's state, at least as many as features
    edge_hidden: int = 32  # units of the edge network's hidden layer
    steps: int = 3  # rounds of messages, T in the paper
    reads: int = 3  # times that set2set looks at all nodes, M in the paper


# Costs are those of a ring of four nodes and four edges.
VARIANTS = {
    # sizes of the baseline of the Alchemy molecules (Tencent, 2019, arXiv:1906.09427): twelve
    # properties of each, states of 64 numbers, six steps and six reads; that network begins with a
    # linear map where ours pads, takes the mean of messages and reads the states alone
    "molecule": spec.Variant(
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
    "desk": spec.Variant(
        Config(features=3, edge_features=2, classes=2, hidden=16, edge_hidden=16),
        10_114,
        macs=49_376,
    ),
}

SPEC = spec.Architecture(
    name="Message passing neural network",
    limitation="A matrix for each kind of edge has no place for edges that numbers describe.",
    idea="A network turns an edge's features into the matrix that its messages pass through.",
    builds_on=("gnn", "gru"),
    inputs={"graphs": spec.Graphs(edge_features="edge_features")},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:MPNN",
    twin="model_keras:MPNN",
    tiny=Config(features=3, edge_features=2, classes=2, hidden=5, edge_hidden=4, steps=2, reads=2),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 40, learning_rate=3e-3, batch_size=32, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("allies", "accuracy", 0.991, baseline="logistic regression"),
    initial=(
        spec.Initial(
            r"(update|readout\.lstm)\.(weight|bias)_.h",
            "uniform",
            "1 / sqrt(hidden)",
            "PyTorch's recurrent layers",
        ),
    ),
    parity=(
        spec.Parity(
            "PyTorch Geometric NNConv and Set2Set", "parity:geometric", needs="torch_geometric"
        ),
        spec.Parity("equations 1 to 3, node by node in NumPy", "parity:loops"),
    ),
    parts=(
        spec.Part("messages", "messages along edges", closed=True),
        spec.Part("softmax_within", "softmax over a graph", closed=True),
    ),
)
