"""What may be tried is read from the specs, and makes networks that can be built."""

import optuna
import pytest

from nna import registry, tasks
from nna.errors import UserError
from nna.workbench.comparison.candidates import suitable
from nna.workbench.comparison.search_space import (
    Choice,
    draw,
    grid,
    of_architecture,
    recipe_and_settings,
)


@pytest.mark.parametrize("name", suitable(tasks.get("classification"), "table"))
def test_what_is_drawn_can_be_built(name):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    built = 0
    for _ in range(5):
        _, settings = recipe_and_settings(draw(study.ask(), of_architecture(name)))
        try:
            config = registry.configure(name, **settings)
            registry.construct(name, config)
        except (UserError, ValueError):
            continue  # settings that contradict each other; a search passes over them
        built += 1
    assert built


def test_the_space_of_an_mlp_is_what_a_reader_would_try():
    space = of_architecture("mlp")
    assert {
        "recipe.learning_rate",
        "recipe.weight_decay",
        "settings.hidden",
        "settings.dropout",
    } <= set(space)
    hidden = space["settings.hidden"]
    assert isinstance(hidden, Choice)
    assert (256,) in hidden.values
    assert "settings.classes" not in space
    assert space["settings.activation"] == Choice(("sigmoid", "tanh", "relu"))


def test_a_grid_names_some_values_of_everything():
    listed = grid(of_architecture("mlp"), points=3)
    assert len(listed["recipe.learning_rate"]) == 3
    assert listed["settings.activation"] == [0, 1, 2]
