"""How long and in what steps to train on a user's data.

A recipe in a spec was made for the data of the signature task; on a table of 150 rows or of 20,000
it would make a hundred steps or a hundred thousand.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nna import ports, tasks
from nna.data import catalog
from nna.data.columns.fitting import texts_among
from nna.data.examples import Examples
from nna.learning.base import Objective
from nna.spec import Architecture

TRAINED = 0.65  # share of a dataset that training sees
STEPS = (20, 2000)  # an epoch: the batch is made smaller or larger to keep within
LEAST = 8  # rows a batch
EPOCHS = (10, 40)  # at least; of tables with decay, since epochs are cheap and patience ends them
PRIOR = 400  # rows that pull on the weights as hard as a decay of 1
STRONGEST = 1.0  # decay, however few the rows
BRIEF = (
    1500  # rows of a table up to which few steps at a high rate are enough, where a spec says so
)
BRIEFLY = (20, 0.45)  # steps: at least, and for each row
BRIEF_BATCH, BRIEF_RATE = 128, 2e-2
WIDE = 200  # columns; beyond, and on texts, nothing was measured
HELD = 0.15  # share of the rows that early stopping looks at


def for_rows(
    spec: Architecture, objective: Objective, rows: int, train: Examples | None = None
) -> dict[str, Any]:
    """Fields of the recipe for as many training rows as there are.

    Batches small enough for twenty steps an epoch, and large enough for no more than two thousand;
    as many steps in all as the recipe takes on the data that it was made for, but ten epochs at
    least; and patience for early stopping. Where classes or numbers are learnt from tables by Adam
    and the recipe has no weight decay, a decay that gives way as rows grow in number, as a prior
    does to evidence; twice as many steps, since decay slows learning; and forty epochs at least.
    Of few rows of a table, where the spec says that it suffices (decision 39), a brief training
    instead: large batches at a high rate, and no end before the schedule's.
    Rules and closed forms stay as they are, and so do recipes of what continues texts, whose data
    are counted in characters and not in examples.

    Args:
        spec: of the architecture.
        objective: what it learns by.
        rows: to train on.
        train: some of them, as they came; None: of a kind that no brief training was measured on.
    """
    recipe = spec.recipe
    texts = any(tasks.get(task).sequence for task in spec.tasks)
    if texts or not objective.descends:
        return {}
    if train is not None and brief(spec, objective, rows) and is_narrow_table(train):
        return _briefly(rows) | _decayed(spec, objective, rows)
    own = catalog.describe(spec.signature.data).rows * TRAINED
    few, many = (2 ** round(math.log2(max(1.0, rows / steps))) for steps in STEPS)
    batch = max(min(recipe.batch_size or int(own), max(LEAST, few)), many)
    while rows % batch == 1 < rows:  # batch norm can't learn from a last batch of one row
        batch += 1
    steps = recipe.epochs * own / (recipe.batch_size or own)
    decayed = _decayed(spec, objective, rows)
    epochs = max(
        EPOCHS[bool(decayed)], round((1 + bool(decayed)) * steps / math.ceil(rows / batch))
    )
    return {"batch_size": batch, "epochs": epochs, "patience": max(5, epochs // 4), **decayed}


def for_few_rows(spec: Architecture, objective: Objective, rows: int) -> dict[str, Any]:
    """Fields of the recipe for pictures, series or texts fewer than it was made for; else none.

    In its own batches a recipe for a thousand pictures makes thirty steps on two hundred. So
    batches are made smaller, as of tables, and epochs more, for as many steps as the recipe takes
    on its own data. Epochs are never fewer than its own, and its schedule runs to its end. Language
    models, whose data are counted in characters and not in examples, keep their recipe.

    On 300 pictures of Fashion-MNIST (195 to train on, 60 to test, seed 0) `resnet` reached 30.0 %
    as its recipe stands and 75.0 % in batches of 8; in batches of 32 and 64 for as many steps 73.3
    and 71.7 %. `lenet5` reached 66.7 %, in batches of 8 81.7 %, of 32 70.0 %.

    Args:
        spec: of the architecture.
        objective: what it learns by.
        rows: examples to train on.
    """
    recipe = spec.recipe
    own = catalog.describe(spec.signature.data).rows * TRAINED
    if not recipe.batch_size or rows >= own:
        return {}
    if not (found := for_rows(spec, objective, rows)):
        return {}
    return {
        "batch_size": found["batch_size"],
        "epochs": max(recipe.epochs, found["epochs"]),
    }


def is_narrow_table(examples: Examples) -> bool:
    """Whether examples are rows of a table of few columns, none of them texts, and no windows."""
    table = examples.behaviour.tabular and examples.windows is None
    return table and np.shape(examples.x)[1] <= WIDE and not texts_among(examples)


def brief(spec: Architecture, objective: Objective, rows: int) -> bool:
    """Whether so few rows of a table are trained on briefly."""
    return spec.brief and rows <= BRIEF and bool(_decayed(spec, objective, rows))


def validation_share(spec: Architecture, objective: Objective, examples: Examples) -> float:
    """Share of the rows to keep back for early stopping: none of few that are trained on briefly.

    Args:
        spec: of the architecture.
        objective: what it learns by.
        examples: all that there are, as they came.
    """
    briefly = brief(spec, objective, len(examples)) and is_narrow_table(examples)
    return 0.0 if briefly else HELD


def _briefly(rows: int) -> dict[str, Any]:
    batch = min(BRIEF_BATCH, rows)
    while rows % batch == 1 < rows:
        batch += 1
    epochs = math.ceil((BRIEFLY[0] + BRIEFLY[1] * rows) / math.ceil(rows / batch))
    return {
        "batch_size": batch,
        "epochs": epochs,
        "patience": epochs,
        "learning_rate": BRIEF_RATE,
    }


def _decayed(spec: Architecture, objective: Objective, rows: int) -> dict[str, Any]:
    tables = all(ports.of(port).tabular for port in spec.inputs.values())
    told = {"classification", "regression"} & set(objective.tasks)
    if not tables or not told or spec.recipe.optimiser == "sgd" or spec.recipe.weight_decay:
        return {}
    return {"optimiser": "adamw", "weight_decay": min(STRONGEST, PRIOR / rows)}
