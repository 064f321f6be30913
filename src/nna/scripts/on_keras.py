"""A script's parts on Keras: what it learns by, its training by `fit`, what the network gives."""

from __future__ import annotations

import numpy as np

from nna.scripts.arrays import IGNORED
from nna.scripts.inline import Collected, Import
from nna.scripts.parts import ARRAYS, Asked, Parts, blocks, called
from nna.spec import Recipe

LEARNING = "nna.scripts.learning_keras"
INSTEAD = {"nna.errors": "nna.scripts.scaffold"}
NEEDED: set[Import] = {("", "keras", "keras"), ("", "math", "math"), ("typing", "Any", "Any")}
WIDE = 100  # characters of a line
VALUE = "for_keras(stored[key])"
NOTE = ";\nKeras 3 runs on TensorFlow, JAX or PyTorch: KERAS_BACKEND says on which"
DEPENDS = ("keras",)

# By objective: what the learner is, if it isn't the network itself.
LEARNERS = {
    "adversarial": "Game(model)",
    "noise_prediction": "Denoising(model)",
    "denoising": "keras.Sequential([keras.layers.GaussianNoise({level!r}), model])",
}
# By objective: the loss; the others' learners have their own.
LOSSES = {
    "cross_entropy": "keras.losses.SparseCategoricalCrossentropy(from_logits=True{ignore})",
    "denoising": "keras.losses.MeanSquaredError()",
    "label_smoothing": "LabelSmoothing({smoothing!r})",
    "masked_language_modelling": "{{{words}}}",  # each output's surprise
    "perceptron_rule": "perceptron_criterion",
    "reconstruction": "keras.losses.MeanSquaredError()",
}
OWN = {  # by objective: what of LEARNING it needs
    "label_smoothing": "LabelSmoothing",
    "perceptron_rule": "perceptron_criterion",
    "radial_basis": "solve",
}
TWINS = {"adversarial": "Game", "noise_prediction": "Denoising"}  # what of the twin's module
GENERATIVE = ("adversarial", "elbo", "flow_likelihood", "noise_prediction")
BUILT_IN = ("elbo", "flow_likelihood")  # twins that have them as their own loss
SELF = ("reconstruction", "denoising")  # what comes out should be what goes in
AFFINE = """[
        keras.layers.RandomRotation(10 / 360, fill_mode="nearest"),
        keras.layers.RandomTranslation(0.08, 0.08, fill_mode="nearest"),
        keras.layers.RandomZoom((-0.1, 0.1), fill_mode="nearest"),
        model,
    ]"""

GIVEN = '''
def given(examples: Examples) -> tuple[Any, ...]:
    """{doc}"""
    return {what}
'''
BATCHES = '''
def batches(examples: Examples, draws: np.random.Generator | None = None) -> Batches:
    """The examples in batches."""
    size = BATCH_SIZE or len(examples)

    def given(rows: np.ndarray) -> tuple[Any, Any]:
        return {what}

    return Batches(len(examples), size, given, draws)
'''
TRAIN = '''
def train(seed: int = 0) -> tuple[keras.Model, dict[str, list[float]]]:
    """Train from fresh weights{stay}."""
    keras.utils.set_random_seed(seed)
    training, validation = part("train"), part("validation")
    model = {model}
{steps}    {learner}.compile({compiled})
    learning = {learner}.fit(
        {fed}
    )
    return model, learning.history
'''
SOLVE = '''
def train(seed: int = 0) -> tuple[keras.Model, dict[str, list[float]]]:
    """Solve for the weights, once, from all examples."""
    keras.utils.set_random_seed(seed)
    training = part("train")
    model = {model}
    model(training.x[:1])  # now it has its weights
    solve(model, training.x, training.target, seed)
    return model, {{}}
'''
OUTPUTS = '''
def outputs(model: keras.Model, examples: Examples) -> np.ndarray:
    """What the network gives for each example."""
    given = model.predict({what}, batch_size=512, verbose=0)
    return np.asarray(given{chosen})
'''
WHOLE = '''
def outputs(model: keras.Model, examples: Examples) -> np.ndarray:
    """What the network gives for each {of}."""
    given = model({what}, training=False)
    return keras.ops.convert_to_numpy(given)[{chosen}]
'''
SAMPLES = '''
def samples(model: keras.Model, count: int) -> np.ndarray:
    """New examples."""
    drawn = {drawn}
    return keras.ops.convert_to_numpy(drawn)
'''
DRAWN = {
    "adversarial": "model(keras.random.normal((count, CONFIG.noise), seed=0))",
    "elbo": "model.decode(keras.random.normal((count, CONFIG.code), seed=0))",
    "flow_likelihood": "model.flow(keras.random.normal((count, CONFIG.features), seed=0), 1, 0)",
    "noise_prediction": "model.sample(count, seed=0)",
}


def parts(asked: Asked, taken: Collected) -> Parts:
    """The parts of a script.

    Args:
        asked: for what.
        taken: where their definitions are collected.
    """
    aim = asked.recipe.objective
    assert asked.spec.twin
    assert aim in LOSSES or aim in GENERATIVE or aim in OWN, f"no Keras training by {aim}"
    assert asked.recipe.augment in ((), ("affine",)), "no such changes in Keras"
    twin = asked.spec.twin.split(":")[1]
    module = f"{asked.package}.model_keras"
    taken.take(f"{asked.package}.spec", "Config")
    taken.take(module, twin)
    model = taken.text()
    if aim in TWINS:
        taken.take(module, TWINS[aim])
    if aim in OWN:
        taken.take(LEARNING, OWN[aim])
    if asked.recipe.schedule == "inverse-sqrt":
        taken.take(LEARNING, "InverseSqrt")
    learnt = taken.text()
    asked.take_arrays(taken)
    taken.take(ARRAYS, "for_keras", *(["IGNORED"] if _padded(asked) else []))
    data = taken.text()
    feeding = _batches(asked, taken) if _drawn_anew(asked) else _given(asked)
    training = _training(asked, f"{twin}(CONFIG{_settings(asked)})")
    return Parts(
        model,
        learnt,
        data,
        blocks(taken.text(), feeding, training),
        _outputs(asked),
        "keras.Model",
        "",
    )


def _drawn_anew(asked: Asked) -> bool:
    """Whether what the network is given changes from batch to batch, or isn't rows of arrays."""
    return asked.kind != "rows" or asked.words


def _settings(asked: Asked) -> str:
    """Of a network that has its objective built in, what its recipe says of that."""
    built_in = asked.recipe.objective in BUILT_IN
    own = asked.recipe.objective_settings if built_in else {}
    return "".join(f", {key}={value!r}" for key, value in own.items())


def _given(asked: Asked) -> str:
    inputs = _inputs(asked)
    if asked.recipe.objective == "radial_basis":
        return ""
    if asked.recipe.objective in GENERATIVE:
        return GIVEN.format(doc="What is learnt from.", what=f"({inputs},)")
    if asked.recipe.objective in SELF:
        doc = "What goes in, which should come out, too."
        return GIVEN.format(doc=doc, what=f"{inputs}, {inputs}")
    doc = "What goes in, and what should come out."
    return GIVEN.format(doc=doc, what=f"{inputs}, examples.target")


def _inputs(asked: Asked) -> str:
    several = len(asked.inputs) > 1 and asked.recipe.objective not in GENERATIVE
    return "[*examples.inputs.values()]" if several else "examples.x"


def _batches(asked: Asked, taken: Collected) -> str:
    if asked.kind == "nodes":
        function, what = "of_nodes", "of_nodes(some_nodes(examples, rows))"
    elif asked.kind == "graphs":
        size = asked.recipe.batch_size
        nodes, edges = _largest(asked)
        function = "of_graphs"
        what = f"of_graphs(some_graphs(examples, rows), size, {size * nodes}, {size * edges})"
    else:
        function, what = "of_words", "of_words(some(examples, rows), CONFIG.vocab, draws)"
    taken.take(LEARNING, "Batches", function)
    return BATCHES.format(what=what)


def _largest(asked: Asked) -> tuple[int, int]:
    """The most nodes, and the most edges, that a graph has."""
    nodes = edges = 0
    for part in ("train", "validation", "test"):
        sizes = asked.arrays[f"{part}/inputs/sizes"]
        graph = np.repeat(np.arange(len(sizes)), sizes)
        ends = graph[asked.arrays[f"{part}/inputs/edges"][1]]
        nodes, edges = max(nodes, int(sizes.max())), max(edges, int(np.bincount(ends).max()))
    return nodes, edges


def _training(asked: Asked, model: str) -> str:
    recipe, aim = asked.recipe, asked.recipe.objective
    if aim == "radial_basis":
        return SOLVE.format(model=model)
    learner, made = _learner(asked)
    own = _drawn_anew(asked)
    loss = _loss(asked)
    steps = [
        made,
        _rate(recipe),
        _optimizer(recipe),
        _decay(recipe),
        loss,
    ]
    fed = [
        "batches(training, np.random.default_rng(seed))" if own else "*given(training)",
        *([] if own else ["batch_size=BATCH_SIZE"]),
        "epochs=EPOCHS",
        f"validation_data={'batches' if own else 'given'}(validation)",
        *([f"callbacks=[{BEST}]"] if _watched(asked) else []),
        "verbose=2",
    ]
    return TRAIN.format(
        stay="; the weights of the best epoch on validation stay" if _watched(asked) else "",
        model=model,
        steps="".join(steps),
        learner=learner,
        compiled="optimizer, loss" if loss else "optimizer",
        fed="\n        ".join(f"{one}," for one in fed),
    )


BEST = "keras.callbacks.EarlyStopping(patience=EPOCHS, restore_best_weights=True)"


def _watched(asked: Asked) -> bool:
    """Whether the loss on validation says which weights are to stay."""
    return asked.recipe.objective not in ("adversarial", "noise_prediction")


def _learner(asked: Asked) -> tuple[str, str]:
    """What `fit` is called on, and the line that makes it."""
    if asked.recipe.augment:
        return "learner", f"    learner = keras.Sequential({AFFINE})\n"
    if asked.recipe.objective not in LEARNERS:
        return "model", ""
    settings = _of_objective(asked)
    return "learner", f"    learner = {LEARNERS[asked.recipe.objective].format(**settings)}\n"


def _of_objective(asked: Asked) -> dict[str, object]:
    """All settings of the objective, those that the recipe leaves as they are included."""
    objective = asked.material.objective
    return {name: getattr(objective, name) for name in objective.__dataclass_fields__}


def _padded(asked: Asked) -> bool:
    """Whether some targets count for nothing."""
    targets = [of for key, of in asked.arrays.items() if "/targets/" in key]
    return asked.kind != "rows" or any((of == IGNORED).any() for of in targets)


def _loss(asked: Asked) -> str:
    text = LOSSES.get(asked.recipe.objective, "")
    ignore = ", ignore_class=IGNORED" if _padded(asked) else ""
    surprise = LOSSES["cross_entropy"].format(ignore=ignore)
    asks = ["words", *(["output"] if "train/targets/pair" in asked.arrays else [])]
    words = ", ".join(f'"{one}": surprise' for one in asks)
    if asked.words:
        return f"    surprise = {surprise}\n    loss = {text.format(words=words)}\n"
    text = text.format(ignore=ignore, **_of_objective(asked))
    return f"    loss = {text}\n" if text else ""


def _rate(recipe: Recipe) -> str:
    if recipe.schedule == "constant":
        return ""
    steps = "    steps = EPOCHS * math.ceil(len(training) / BATCH_SIZE)\n"
    if recipe.schedule == "inverse-sqrt":
        return steps + f"    rate = InverseSqrt(LEARNING_RATE, {recipe.warmup!r} * steps)\n"
    falling = "keras.optimizers.schedules.CosineDecay"
    if not recipe.warmup:
        return steps + f"    rate = {falling}(LEARNING_RATE, steps)\n"
    return steps + (
        f"    warm = round({recipe.warmup!r} * steps)\n"
        f"    rate = {falling}(\n"
        "        0.0, steps - warm, warmup_target=LEARNING_RATE, warmup_steps=warm\n    )\n"
    )


def _optimizer(recipe: Recipe) -> str:
    """The line that makes it."""
    rate = "LEARNING_RATE" if recipe.schedule == "constant" else "rate"
    clip = {} if recipe.clip_norm is None else {"global_clipnorm": recipe.clip_norm}
    if recipe.objective == "perceptron_rule":
        return f"    optimizer = keras.optimizers.SGD({rate})\n"
    if recipe.optimiser == "sgd":
        given = {"momentum": recipe.momentum, **clip}
    else:
        given = {"beta_1": recipe.momentum, "epsilon": 1e-8, **clip}
    if recipe.optimiser == "adamw":
        given["weight_decay"] = recipe.weight_decay
    if recipe.objective == "noise_prediction":
        given |= {"use_ema": True, "ema_momentum": 0.99}
    kind = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}[recipe.optimiser]
    call = called(f"keras.optimizers.{kind}", given).replace("(", f"({rate}, ", 1)
    line = f"    optimizer = {call}\n"
    if len(line) > WIDE:
        line = line.replace("(", "(\n        ", 1).replace(")\n", "\n    )\n")
    return line


def _decay(recipe: Recipe) -> str:
    if not recipe.weight_decay:
        return ""
    if recipe.optimiser == "adamw":
        names = '["bias", "gamma", "beta"]'
        return f"    optimizer.exclude_from_weight_decay(var_names={names})\n"
    return (
        "    for weights in model.trainable_weights:\n"
        "        if len(weights.shape) > 1:  # biases and norms are not decayed\n"
        f"            weights.regularizer = keras.regularizers.L2({recipe.weight_decay / 2!r})\n"
    )


def _outputs(asked: Asked) -> str:
    if asked.recipe.objective in GENERATIVE:
        return SAMPLES.format(drawn=DRAWN[asked.recipe.objective])
    if asked.kind == "nodes":
        what = "list(examples.inputs.values())"
        return WHOLE.format(of="node that is an example", what=what, chosen="examples.rows")
    if asked.kind == "graphs":
        what = "list(examples.inputs.values())"
        return WHOLE.format(of="graph", what=what, chosen=":")
    return OUTPUTS.format(what=_inputs(asked), chosen='["words"]' if asked.words else "")
