import pytest
import torch
from torch import nn

from nna.lab.learn import learn
from nna.spec import Recipe
from nna.training.in_memory import Tensors
from nna.training.progress import Silent


class EnoughError(Exception):
    pass


class Third(Silent):
    def step(self, done, total):
        if done == 3:
            raise EnoughError(total)


def test_a_watcher_can_end_the_training():
    model = nn.Linear(2, 2)
    examples = Tensors.pair(torch.randn(8, 2), torch.randint(2, (8,)))
    recipe = Recipe(objective="cross_entropy", epochs=5, batch_size=4)
    before = model.weight.detach().clone()
    with pytest.raises(EnoughError) as ended:
        learn(model, recipe, examples, seed=0, watcher=Third())
    assert ended.value.args == (10,)
    assert not torch.equal(model.weight, before)
