from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    hidden: tuple[int, ...]  # nodes of each layer between inputs and outputs
    classes: int  # scores that come out; 1 for a single regression target
    grid: int = 3  # intervals of each spline, G
    span: float = 1.0  # the splines start out covering inputs from -span to span


# An edge has grid + 3 coefficients and two weights; the paper, for short, counts the coefficients.
VARIANTS = {
    # 17 invariants of a knot to its signature, 81.6 % right (table 3, "2 x 10^2" parameters)
    "knot": spec.Variant(
        Config(features=17, hidden=(1,), classes=14),
        params=248,
        paper={"params": spec.Printed(200, "table 3", within=0.25)},
        macs=217,
    ),
    # exp(sin(pi x) + y^2), before its grid is made finer and its idle nodes are cut (figure 2.3)
    "2-5-1": spec.Variant(Config(features=2, hidden=(5,), classes=1), params=120, macs=105),
    # a function of four variables that three layers hold with smooth curves (equation 2.13)
    "4-2-1-1": spec.Variant(
        Config(features=4, hidden=(2, 1), classes=1, grid=5), params=110, macs=99
    ),
    "desk": spec.Variant(
        Config(features=10, hidden=(3,), classes=1, span=3.0), params=264, macs=231
    ),
}

SPEC = spec.Architecture(
    name="Kolmogorov-Arnold network",
    limitation="A multilayer perceptron bends weighted sums by one fixed function, so a curve in "
    "one variable costs many units, and can't be read off them.",
    idea="The weights become learned curves, one spline an edge; the nodes only add.",
    builds_on=("mlp", "rbfn"),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("regression", "classification"),
    model="model:KAN",
    tiny=Config(features=5, hidden=(4,), classes=3, span=2.0),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "squared_error",
        100,
        optimiser="adamw",
        learning_rate=3e-3,
        batch_size=32,
        schedule="cosine",
        weight_decay=1e-2,
    ),
    objectives=("squared_error", "cross_entropy"),
    signature=spec.Signature("diabetes", "rmse", 62.4, baseline="gradient boosting"),
    initial=(
        spec.Initial(
            r"Layer\.base", "uniform", "sqrt(6 / (fan_in + fan_out))", "section 2.2: Glorot's"
        ),
        spec.Initial(r"Layer\.scale", "constant", 1.0, "section 2.2"),
        spec.Initial(r"Layer\.coefficients", "normal", 0.1, "section 2.2, footnote 2"),
    ),
    parity=(
        spec.Parity("the authors' pykan, layer by layer", "parity:pykan", needs="kan"),
        spec.Parity("scipy.interpolate.BSpline, edge by edge", "parity:scipy"),
    ),
    parts=(spec.Part("b_splines", "B-splines", closed=True),),
)
