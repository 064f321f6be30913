"""A script's parts on PyTorch: what it learns by, its training, what the network gives."""

from __future__ import annotations

from nna.scripts.inline import Collected, Import
from nna.scripts.parts import Asked, Parts, blocks, called
from nna.spec import Recipe

SCAFFOLD = "nna.scripts.scaffold"
INSTEAD = {  # what a script has in shorter form
    "nna.errors": SCAFFOLD,
    "nna.learning.base": SCAFFOLD,
    "nna.learning.settings": SCAFFOLD,
    "nna.learning.models.having": SCAFFOLD,
}
NEEDED: set[Import] = {
    ("", "math", "math"),
    ("", "torch", "torch"),
    ("torch", "Tensor", "Tensor"),
    ("torch", "nn", "nn"),
}
VALUE = "stored[key]"  # an array as it is taken
NOTE = ""
AUGMENT = "nna.training.augment"
DEPENDS = ("torch",)

BATCH = '''
def batch(examples: Examples) -> Batch:
    """The same as tensors."""
    inputs, targets = (
        {name: torch.from_numpy(of) for name, of in side.items()}
        for side in (examples.inputs, examples.targets)
    )
    rows = None if examples.rows is None else torch.from_numpy(examples.rows)
    return Batch(inputs, targets, rows, examples=len(examples))
'''

MEASURE = '''
@torch.no_grad()
def measure(model: nn.Module, objective: Objective, examples: Examples) -> dict[str, float]:
    """The objective's figures on a whole part, in evaluation mode."""
    training, sums = model.training, {}
    model.eval()
    size = 512 if examples.rows is None else len(examples)
    for rows in torch.arange(len(examples)).split(size):
        of = batch({some}(examples, rows.numpy()))
        for name, value in objective.measure(model, of).items():
            sums[name] = sums.get(name, 0.0) + float(value) * len(rows) / len(examples)
    model.train(training)
    return sums
'''

TRAIN = '''
def train(seed: int = 0) -> tuple[nn.Module, dict[str, list[float]]]:
    """Train from fresh weights; the weights of the best epoch on validation stay."""
    training, validation = part("train"), part("validation")
    torch.manual_seed(seed)
    model = {model}(CONFIG)
    torch.manual_seed(seed)
    objective = OBJECTIVE.begin(model)
    players = objective.players(model)
    optimisers = {{name: optimiser(player) for name, player in players.items()}}

    def descend(player: str, loss: Tensor) -> None:
        optimisers[player].zero_grad()
        loss.backward(){clip}
        optimisers[player].step()

    size = min(BATCH_SIZE or len(training), len(training))
    steps = len(training) // size + (len(training) % size > 1)
    best, kept, history = math.inf, None, {{}}
    for epoch in range(EPOCHS):
        model.train()
        shuffled = torch.randperm(len(training)).split(size)[:steps]
        for place, rows in enumerate(shuffled):
            step = epoch * steps + place
            rate = LEARNING_RATE * schedule(step, EPOCHS * steps)
            for one in optimisers.values():
                for group in one.param_groups:
                    group["lr"] = rate
            turn = Turn(descend, rate, step / (EPOCHS * steps), place == 0, step)
            learnt = batch({some}(training, rows.numpy())){augment}
            objective.step(model, players, learnt, turn)
        judged = objective.evaluated(model)
        figures = measure(judged, objective, validation)
        for name, value in figures.items():
            history.setdefault(name, []).append(value)
        print(f"epoch {{epoch + 1:3}}", *(f"{{k}} {{v:.4f}}" for k, v in figures.items()), sep="  ")
        if objective.watch is not None and figures[objective.watch] < best:
            best = figures[objective.watch]
            kept = {{name: value.clone() for name, value in judged.state_dict().items()}}
    model.load_state_dict(kept or objective.evaluated(model).state_dict())
    return model.eval(), history
'''

OUTPUTS = '''
@torch.no_grad()
def outputs(model: nn.Module, examples: Examples) -> np.ndarray:
    """What the network gives for each example."""
    parts = np.array_split(np.arange(len(examples)), max(1, len(examples) // 64))
    given = [model(**batch({some}(examples, rows)).inputs){chosen} for rows in parts]
    return torch.cat(given).numpy()
'''
OF_NODES = '''
@torch.no_grad()
def outputs(model: nn.Module, examples: Examples) -> np.ndarray:
    """What the network gives for each node that is an example."""
    return model(**batch(examples).inputs).numpy()[examples.rows]
'''
SAMPLES = '''
@torch.no_grad()
def samples(model: nn.Module, count: int) -> np.ndarray:
    """New examples."""
    return {drawn}.numpy()
'''

LOSS = '''
def evaluate(model: nn.Module, examples: Examples) -> float:
    """The objective's own figure: the first that it tells."""
    return next(iter(measure(model, OBJECTIVE.begin(model), examples).values()))
'''

SCHEDULES = {
    "constant": '''
def schedule(step: int, total: int) -> float:
    """The share of the learning rate at a step: all of it{rise}."""{warm}
    return 1.0
''',
    "cosine": '''
def schedule(step: int, total: int) -> float:
    """The share of the learning rate at a step: falling along a cosine{rise}."""{warm}
    return 0.5 * (1 + math.cos(math.pi * (step - WARM * total) / max(1.0, (1 - WARM) * total)))
''',
    "inverse-sqrt": '''
def schedule(step: int, total: int) -> float:
    """The share of the learning rate at a step: 1 / sqrt(steps){rise}."""{warm}
    return math.sqrt((WARM * total + 1) / (step + 1))
''',
}
WARM = """
    if step < WARM * total:
        return (step + 1) / (WARM * total + 1)"""


def parts(asked: Asked, taken: Collected) -> Parts:
    """The parts of a script.

    Args:
        asked: for what.
        taken: where their definitions are collected.
    """
    material, recipe = asked.material, asked.recipe
    objective = type(material.objective)
    taken.take(f"{asked.package}.spec", "Config")
    taken.take(f"{asked.package}.model", asked.spec.model.split(":")[1])
    model = taken.text()
    taken.take(SCAFFOLD, "Batch", "Turn", "Objective")
    taken.take(objective.__module__, objective.__name__)
    name = taken.called(objective.__module__, objective.__name__)
    learnt = f"{taken.text()}\n\n\nOBJECTIVE = {called(name, recipe.objective_settings)}"
    asked.take_arrays(taken)
    data = taken.text()
    taken.take(AUGMENT, *(f"_{change}" for change in recipe.augment))
    drawn = _drawn(asked, taken)
    changed = "".join(f"\n            learnt = _{c}(learnt, 0)" for c in recipe.augment)
    model_name = asked.spec.model.split(":")[1]
    training = TRAIN.format(model=model_name, clip=clip(recipe), some=asked.some, augment=changed)
    measured = MEASURE.replace("{some}", asked.some)
    return Parts(
        model,
        learnt,
        data,
        blocks(taken.text(), schedule(recipe), optimiser(recipe), BATCH, measured, training),
        SAMPLES.format(drawn=drawn) if drawn else _outputs(asked),
        "nn.Module",
        LOSS,
    )


def _outputs(asked: Asked) -> str:
    if asked.kind == "nodes":
        return OF_NODES
    chosen = '["words"]' if asked.words else ""
    return OUTPUTS.format(some=asked.some, chosen=chosen)


def _drawn(asked: Asked, taken: Collected) -> str:
    """How new examples are drawn, of what is taught to."""
    if asked.spec.signature.metric != "modes":
        return ""
    if not asked.spec.sampler:
        return "model(torch.randn(count, model.noise))"
    file, name = asked.spec.sampler.split(":")
    taken.take(f"{asked.package}.{file}", name)
    sampler = taken.called(f"{asked.package}.{file}", name)
    return f"{sampler}(model, count, torch.Generator().manual_seed(0))"


def optimiser(recipe: Recipe) -> str:
    """The function that makes a player's optimiser."""
    kinds = {
        "sgd": f"torch.optim.SGD(groups, lr=LEARNING_RATE, momentum={recipe.momentum!r})",
        "rmsprop": f"torch.optim.RMSprop(groups, lr=LEARNING_RATE, momentum={recipe.momentum!r})",
        "adam": f"torch.optim.Adam(groups, lr=LEARNING_RATE, betas=({recipe.momentum!r}, 0.999))",
        "adamw": f"torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=({recipe.momentum!r}, 0.999))",
    }
    head = '\ndef optimiser(module: nn.Module) -> torch.optim.Optimizer:\n    """Of a player."""\n'
    if not recipe.weight_decay:
        groups = "    groups = [p for p in module.parameters() if p.requires_grad]\n"
    else:
        groups = (
            "    learnt = [p for p in module.parameters() if p.requires_grad]\n"
            "    groups = [  # biases and norms are not decayed\n"
            '        {"params": [p for p in learnt if p.ndim > 1], '
            f'"weight_decay": {recipe.weight_decay!r}}},\n'
            '        {"params": [p for p in learnt if p.ndim <= 1], "weight_decay": 0.0},\n'
            "    ]\n"
        )
    return f"{head}{groups}    return {kinds[recipe.optimiser]}\n"


def clip(recipe: Recipe, indent: str = "        ") -> str:
    """The line that clips the gradient, where the recipe does."""
    if recipe.clip_norm is None:
        return ""
    call = f"nn.utils.clip_grad_norm_(players[player].parameters(), {recipe.clip_norm!r})"
    return f"\n{indent}{call}"


def schedule(recipe: Recipe) -> str:
    """The function that gives the share of the rate at a step."""
    rise = f", after rising for the first {100 * recipe.warmup:g} %" if recipe.warmup else ""
    text = SCHEDULES[recipe.schedule].format(rise=rise, warm=WARM if recipe.warmup else "")
    return text.replace("WARM", repr(recipe.warmup))
