from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers that describe a node
    classes: int  # scores given for a node
    hidden: int = 16  # numbers that describe a node after the first convolution
    dropout: float = 0.5  # share of the inputs of each convolution silenced in training


def _paper(params: int, percent: float, biases: int) -> dict[str, spec.Printed]:
    """Weights by equation 9; accuracy on the Planetoid split, mean of 100 runs."""
    differs = f"by its two matrices; ours add {biases} biases, as the authors' PyTorch code does"
    return {
        "params": spec.Printed(params, "equation 9", within=0.003, differs=differs),
        "accuracy": spec.Printed(percent, "table 2"),
    }


# Multiply-adds are those of a whole graph, features taken as dense: nodes and edges of table 1,
# where an edge is printed once and leads both ways.
SPEC = spec.Architecture(
    name="Graph convolutional network",
    limitation="Filters on the spectrum of a graph need its eigenvectors, or polynomials of high "
    "order, and are tied to one graph.",
    idea="One layer is one step to the neighbours, each weighted by both ends' degrees.",
    since=2016,
    builds_on=("gnn", "chebnet"),
    inputs={"nodes": spec.Nodes(), "edges": spec.Edges()},
    outputs=spec.Scores(),
    tasks=("node-classification",),
    model="model:GCN",
    twin="model_keras:GCN",
    tiny=Config(features=5, classes=3, hidden=4),
    variants={
        "cora": spec.Variant(
            Config(features=1433, classes=7),
            23_063,
            _paper(23_040, 81.5, 23),
            macs=62_704_338,
            costs_at={"nodes": 2_708, "edges": 2 * 5_429},
        ),
        "citeseer": spec.Variant(
            Config(features=3703, classes=6),
            59_366,
            _paper(59_344, 70.3, 22),
            macs=197_718_890,
            costs_at={"nodes": 3_327, "edges": 2 * 4_732},
        ),
        "pubmed": spec.Variant(
            Config(features=500, classes=3),
            8_067,
            _paper(8_048, 79.0, 19),
            macs=160_741_883,
            costs_at={"nodes": 19_717, "edges": 2 * 44_338},
        ),
        "nell": spec.Variant(  # all but 5,414 features are one-hot names of relations (section 5.1)
            Config(features=61_278, classes=210, hidden=64, dropout=0.1),
            3_935_506,
            _paper(3_935_232, 66.0, 274),
            macs=258_925_043_942,
            costs_at={"nodes": 65_755, "edges": 2 * 266_144},
        ),
        # Karate's features only name the member: dropout would hide who it is.
        "desk": spec.Variant(
            Config(features=34, classes=4, hidden=64, dropout=0.0),
            2_500,
            macs=95_608,
            costs_at={"nodes": 34, "edges": 2 * 78},
        ),
    },
    recipe=spec.Recipe("cross_entropy", 200, learning_rate=0.01, batch_size=0, weight_decay=5e-4),
    signature=spec.Signature("karate", "accuracy", 0.7, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"dropout",
            "dropout",
            "section 5.2: the inputs of both layers",
            times=2,
            desk="its features only name the member: dropout would hide who it is",
        ),
    ),
    initial=(
        spec.Initial(
            r"(first|second)\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out))",
            "section 5.2: Glorot 2010",
        ),
    ),
    parity=(
        spec.Parity(
            "PyTorch Geometric GCNConv, twice", "parity:geometric", needs="torch_geometric"
        ),
        spec.Parity("equations 2 and 9 in NumPy, dense", "parity:dense"),
    ),
    parts=(spec.Part("propagate", "mean over neighbours", closed=True),),
    waive={
        "examples_do_not_mix": "the nodes are the examples, and edges are there to mix them",
    },
)
