"""Small tables: a perceptron network beside another network, a linear model and boosted trees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from torch import nn

TABLES = {"breast_cancer": "breast cancer", "wine": "wine", "diabetes": "diabetes"}
MODELS = {
    "mlp": "multilayer perceptron",
    "cnn": "one-dimensional convolutions",
    "linear": "linear model",
    "trees": "boosted trees",
}
SHARE = 0.3  # of the rows to test on
EPOCHS = 200


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train the four models on the same rows of each table."""
    return {
        f"{table}_{model}": score
        for table in TABLES
        for model, score in scores(table, seed, 1 if quick else EPOCHS, 2 if quick else 100).items()
    }


def scores(table: str, seed: int, epochs: int, trees: int) -> dict[str, float]:
    """What each model gets right of the rows kept apart: % of classes, or 100 R^2."""
    import numpy as np
    from sklearn import datasets, ensemble, linear_model
    from sklearn.preprocessing import StandardScaler

    from nna.data.splits import stratified

    numeric = table == "diabetes"
    x, y = getattr(datasets, f"load_{table}")(return_X_y=True)
    size = math.ceil(SHARE * len(x))
    kept, asked = stratified.cut(np.arange(len(x)), size, None if numeric else y, seed)
    x_train, x_test, y_train, y_test = x[kept], x[asked], y[kept], y[asked]
    scaler = StandardScaler().fit(x_train)
    x_train, x_test = (np.asarray(scaler.transform(rows)) for rows in (x_train, x_test))
    if numeric:
        linear, boosting = linear_model.Ridge(), ensemble.GradientBoostingRegressor
    else:
        linear = linear_model.LogisticRegression(max_iter=2000)
        boosting = ensemble.GradientBoostingClassifier
    fitted = {"linear": linear, "trees": boosting(n_estimators=trees, random_state=seed)}
    found = {}
    for name, model in fitted.items():
        found[name] = 100 * model.fit(x_train, y_train).score(x_test, y_test)
    level, spread = (float(y_train.mean()), float(y_train.std())) if numeric else (0.0, 1.0)
    for name in ("mlp", "cnn"):
        said = answers(name, seed, epochs, x_train, (y_train - level) / spread, x_test)
        if numeric:
            wrong = np.square(said[:, 0] * spread + level - y_test).sum()
            found[name] = 100 * (1 - wrong / np.square(y_test - y_test.mean()).sum())
        else:
            found[name] = 100 * (said.argmax(axis=1) == y_test).mean()
    return {name: float(found[name]) for name in MODELS}


def build(name: str, features: int, outputs: int) -> nn.Module:
    """The perceptron has one hidden layer; convolutions run over the columns as they come."""
    from torch import nn

    from nna import registry

    if name == "mlp":
        return registry.build("mlp", features=features, hidden=(64,), classes=outputs)
    return nn.Sequential(
        nn.Unflatten(1, (1, features)),
        nn.Conv1d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.Conv1d(16, 16, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(16 * features, outputs),
    )


def answers(  # noqa: PLR0913 - what to train, for how long, on what, and what to ask
    name: str, seed: int, epochs: int, x: np.ndarray, y: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """Outputs of a trained network for the rows asked."""
    import numpy as np
    import torch

    from nna.lab.learn import learn
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    numeric = not np.array_equal(y, y.astype(int))
    torch.manual_seed(seed)
    model = build(name, x.shape[1], 1 if numeric else int(y.max()) + 1)
    target = torch.as_tensor(y, dtype=torch.float32 if numeric else torch.long)
    recipe = Recipe(
        objective="squared_error" if numeric else "cross_entropy",
        epochs=epochs,
        optimiser="adamw",
        learning_rate=1e-3,
        batch_size=32,
        schedule="cosine",
        weight_decay=0.01,
    )
    learn(model, recipe, Tensors.pair(torch.as_tensor(x, dtype=torch.float32), target), seed=seed)
    with torch.no_grad():
        return model.eval()(torch.as_tensor(asked, dtype=torch.float32)).numpy()


def figure(columns: Columns) -> Figure:
    """Every run of every model, a panel a table."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, axes = new(10, 2.8, len(TABLES))
    colours = dict(zip(MODELS, (BLUE, BLUE, GREY, ORANGE), strict=True))
    for axis, (table, title) in zip(axes, TABLES.items(), strict=True):
        runs(axis, [(columns[f"{table}_{model}"], colours[model]) for model in MODELS])
        first = axis is axes[0]
        axis.set_yticks(range(len(MODELS)), MODELS.values() if first else [""] * len(MODELS))
        unit = "variance explained (%)" if table == "diabetes" else "test rows right (%)"
        axis.set(xlabel=f"{unit},\na dot a run, a bar their mean", title=title)
    return drawing


EXPERIMENT = Experiment(
    title="Networks, linear models and trees on three small tables",
    scope="on three small tables, 200 epochs",
    claims=(
        Claim(
            row="FF-17",
            says="Feedforward networks suit tables.",
            by=("Common in introductions to neural networks",),
            conditions=(
                *(
                    Condition(
                        says=f"{title}: what the other network is better by (points)",
                        of=f"{table}_cnn",
                        minus=f"{table}_mlp",
                        at_most=2,
                    )
                    for table, title in TABLES.items()
                ),
                *(
                    Condition(
                        says=f"{title}: what {text} are better by (points)",
                        of=f"{table}_{model}",
                        minus=f"{table}_mlp",
                        at_most=2,
                        limit=True,
                    )
                    for table, title in TABLES.items()
                    for model, text in (("linear", "linear models"), ("trees", "boosted trees"))
                ),
            ),
            rather="Among networks, that is. On tables of medium size boosted trees are usually "
            "better than deep networks (Grinsztajn, Oyallon, Varoquaux 2022, arXiv:2207.08815); on "
            "tables as small as these, linear models are hard to beat.",
        ),
    ),
    protocol=Protocol(
        data="scikit-learn's breast cancer (569 rows), wine (178) and diabetes (442); 30 % to test "
        "on, drawn by the seed, by classes in proportion; columns, and the target of diabetes, "
        "standardised by the training rows.",
        models="The architecture mlp with 64 hidden units; two convolutions of width 3 and 16 maps "
        "over the columns in their order, ReLU, a linear head; logistic regression, for diabetes "
        "ridge regression; 100 boosted trees, all three as scikit-learn sets them.",
        training=f"Networks: cross-entropy or half the squared error, AdamW at rate 0.001 falling "
        f"as a cosine, weight decay 0.01, batches of 32, {EPOCHS} epochs. Nothing is tuned.",
        measured="The share of test rows right, or the share of variance explained (R squared).",
        quick="One epoch and two trees.",
    ),
    quantities={
        f"{table}_{model}": Quantity(
            about=f"{title}: {'variance explained' if table == 'diabetes' else 'rows right'}, "
            f"{text}",
            unit="points",
        )
        for table, title in TABLES.items()
        for model, text in MODELS.items()
    },
    seeds=14,
    minutes=4,
    measure=measure,
    figure=figure,
    redrawn=30 / 70,  # of the split, for each seed
)
