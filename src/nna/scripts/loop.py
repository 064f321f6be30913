"""The parts of a script that are written out: data, training, evaluation, a plot."""

from __future__ import annotations

from nna.spec import Recipe

DATA = '''
stored = np.load(Path(__file__).with_name({file!r}))


def part(name: str) -> Batch:
    """All examples of "train", "validation" or "test"."""
    read = {{key: torch.from_numpy(stored[key]) for key in stored.files}}
    sides = [
        {{k.split("/")[2]: v for k, v in read.items() if k.startswith(f"{{name}}/{{side}}/")}}
        for side in ("inputs", "targets")
    ]
    return Batch(*sides, rows=read.get(f"{{name}}/rows"))


def some(examples: Batch, rows: Tensor) -> Batch:
    """The examples at `rows`; of a graph, the whole graph with those nodes marked."""
    if examples.rows is not None:
        return replace(examples, rows=examples.rows[rows])
    inputs, targets = (
        {{name: of[rows] for name, of in side.items()}}
        for side in (examples.inputs, examples.targets)
    )
    return Batch(inputs, targets)
'''

MEASURE = '''
@torch.no_grad()
def measure(model: nn.Module, objective: Objective, examples: Batch) -> dict[str, float]:
    """The objective's figures on a whole part, in evaluation mode."""
    training, sums = model.training, {}
    model.eval()
    size = len(examples) if examples.rows is not None else 512
    for rows in torch.arange(len(examples)).split(size):
        for name, value in objective.measure(model, some(examples, rows)).items():
            sums[name] = sums.get(name, 0.0) + float(value) * len(rows) / len(examples)
    model.train(training)
    return sums
'''

TRAIN = '''
def train(seed: int = 0) -> tuple[nn.Module, list[dict[str, float]]]:
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
    best, kept, history = math.inf, None, []
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
            objective.step(model, players, some(training, rows), turn)
        judged = objective.evaluated(model)
        figures = measure(judged, objective, validation)
        history.append(figures)
        print(f"epoch {{epoch + 1:3}}", *(f"{{k}} {{v:.4f}}" for k, v in figures.items()), sep="  ")
        if objective.watch is not None and figures[objective.watch] < best:
            best = figures[objective.watch]
            kept = {{name: value.clone() for name, value in judged.state_dict().items()}}
    model.load_state_dict(kept or objective.evaluated(model).state_dict())
    return model.eval(), history
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
}
WARM = """
    if step < WARM * total:
        return (step + 1) / (WARM * total + 1)"""

MAIN = '''
def main() -> None:
    """Train, evaluate on the test part, draw the curves."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    model, history = train(seed)
    figure = evaluate(model, part("test"))
    print(f"{metric} on the test part: {{figure:.4f}}")
    for name in history[0]:
        plt.plot(range(1, len(history) + 1), [one[name] for one in history], label=name)
    plt.xlabel("epoch")
    plt.title({title!r})
    plt.legend()
    plt.savefig(Path(__file__).with_suffix(".png"))


if __name__ == "__main__":
    main()
'''

EVALUATE = {
    "accuracy": '''
@torch.no_grad()
def evaluate(model: nn.Module, examples: Batch) -> float:
    """The share of examples whose highest score is their own class's."""
    scores = examples.of(model(**examples.inputs))
    return float((scores.argmax(-1) == examples.of(examples.target)).double().mean())
''',
    "mse": '''
@torch.no_grad()
def evaluate(model: nn.Module, examples: Batch) -> float:
    """The mean squared error, in units of the training numbers' variance."""
    error = (model(**examples.inputs) - examples.x).double().square().mean()
    return float(error / part("train").x.double().var(unbiased=False))
''',
    "modes": '''
@torch.no_grad()
def evaluate(model: nn.Module, examples: Batch) -> float:
    """How many modes of the data are reached by samples."""
    samples, x = model(torch.randn(2500, model.noise)), examples.x
    kinds = examples.target.unique()
    centres = torch.stack([x[examples.target == k].mean(0) for k in kinds])
    spread = torch.stack([x[examples.target == k].var(0).mean() for k in kinds]).mean().sqrt()
    apart, mode = torch.cdist(samples, centres).min(1)
    met = mode[apart < 4 * spread].bincount(minlength=len(kinds))
    return float((met >= 0.1 * len(samples) / len(kinds)).sum())
''',
    "bits per byte": '''
@torch.no_grad()
def evaluate(model: nn.Module, examples: Batch) -> float:
    """The mean surprise at a byte, in bits."""
    surprise, count = 0.0, 0
    for rows in torch.arange(len(examples)).split(64):
        scores, target = model(**some(examples, rows).inputs), some(examples, rows).target
        lost = nn.functional.cross_entropy(
            scores.flatten(0, -2), target.flatten(), reduction="sum"
        )
        surprise, count = surprise + float(lost), count + target.numel()
    return surprise / count / math.log(2)
''',
}

LOSS = '''
def evaluate(model: nn.Module, examples: Batch) -> float:
    """The objective's own figure: the first that it tells."""
    return next(iter(measure(model, OBJECTIVE.begin(model), examples).values()))
'''


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
