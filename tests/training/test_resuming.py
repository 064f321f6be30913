"""Whatever learns, by whichever optimiser: cut off at any step and continued, not a bit differs.

Every architecture by its own recipe is a promise of the contract (tests/test_contract.py); here
kinds of networks meet optimisers, random changes and threads, pair by pair, or all with all.
"""

import contextlib
import itertools
import random

import pytest
import torch

from nna import contract, objectives, registry
from nna.spec import Image
from nna.training.augment import CHANGES, MOVING
from nna.training.resume_check import differences

OPTIMISERS = ("sgd", "adam", "adamw", "rmsprop")
KINDS = (  # each keeps, draws or lays out something that the others don't
    "resnet",  # convolutions beside batch normalisation
    "mobilenet_v2",  # a channel at a time
    "unet",  # masks that move along
    "lstm",
    "gpt2",
    "gan",  # two players and noise
    "moe",  # noise within the network
    "sparse_feedforward",  # other connections every epoch
)


@contextlib.contextmanager
def threads(number):
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def changes(name, objective, number):
    """Names of random changes that fit what an architecture learns; another pair by number."""
    spec = registry.describe(name)
    if not all(isinstance(port, Image) for port in spec.inputs.values()):
        return ()
    fit = tuple(CHANGES) if objective == "cross_entropy" else MOVING
    return tuple(dict.fromkeys((fit[number % len(fit)], "flip")))


def resumed_equals_whole(folder, made, step):
    folder.mkdir()
    differ = differences(made.whole(), made.resumed(step, folder))
    assert not differ, f"cut off after step {step}: {', '.join(differ[:3])}"


PAIRS = [
    (name, optimiser, (i + j) % 2, 2 if j == (i + i // 4) % 4 else 1)
    for i, name in enumerate(KINDS)
    for j, optimiser in enumerate(OPTIMISERS)
]


def test_the_sample_holds_every_pair():
    sides = (KINDS, OPTIMISERS, (0, 1), (1, 2))
    for one, other in itertools.combinations(range(4), 2):
        met = {(case[one], case[other]) for case in PAIRS}
        assert met == set(itertools.product(sides[one], sides[other]))


@pytest.mark.parametrize(("name", "optimiser", "changed", "many"), PAIRS)
def test_pairwise(tmp_path, name, optimiser, changed, many):
    spec, number = registry.describe(name), PAIRS.index((name, optimiser, changed, many))
    augment = changes(name, spec.recipe.objective, number) if changed else ()
    made = contract.rehearsal(name, spec, optimiser=optimiser, augment=augment)
    with threads(many):
        resumed_equals_whole(tmp_path / "run", made, 1 + number % made.training().total)


ALL = [
    (name, objective, optimiser, changed, many)
    for name in registry.names()
    for objective in registry.describe(name).objectives
    if objectives.find(objective).needs is None
    for optimiser in OPTIMISERS
    for changed in (0, 1)
    for many in (1, 2)
    if optimiser == "sgd" or objectives.get(objective).kind in ("gradient", "game")
    if not changed or changes(name, objective, 0)
]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "objective", "optimiser", "changed", "many"), ALL)
def test_all(tmp_path, name, objective, optimiser, changed, many):
    draw = random.Random(f"{name} {objective} {optimiser} {changed} {many}")
    augment = changes(name, objective, draw.randrange(len(CHANGES))) if changed else ()
    spec = registry.describe(name)
    recipe = {"objective": objective, "optimiser": optimiser, "augment": augment, "clip_norm": 1.0}
    made = contract.rehearsal(name, spec, epochs=3, **recipe)
    total = made.training().total
    with threads(many):
        for step in draw.sample(range(1, total + 1), min(2, total)):
            resumed_equals_whole(tmp_path / str(step), made, step)
