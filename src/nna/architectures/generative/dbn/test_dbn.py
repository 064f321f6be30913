"""What is claimed for deep belief networks, and what greedy learning loses, beyond the contract."""

import copy
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch.nn import functional

from nna.architectures.generative.dbn.model import DBN, Layer
from nna.architectures.generative.dbn.objective import GreedyContrastiveDivergence
from nna.architectures.generative.dbn.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.data.sets import digit_bitmaps
from nna.errors import UserError
from nna.learning.base import Batch, Turn

SIZES = Config(features=64, widths=(100, 100, 300), classes=10)
RULE = GreedyContrastiveDivergence()


def digits():
    """Pictures and labels, 1,150 to learn from and 360 others, drawn once."""
    examples = digit_bitmaps.load()
    order = torch.randperm(1797, generator=torch.Generator().manual_seed(0))
    x, y = (torch.as_tensor(np.asarray(of))[order] for of in (examples.x, examples.y))
    x = x.flatten(1)
    return (x[:1150], y[:1150]), (x[-360:], y[-360:])


def coins(seed):
    """Twelve fair coins, and whether the first two differ."""
    noise = torch.Generator().manual_seed(seed)
    x = torch.randint(2, (2000, 12), generator=noise).float()
    return x, (x[:, 0] != x[:, 1]).long()


def stacked(config, x, y, epochs, seed=0):
    """Learnt layer by layer, the top one from the examples whose labels are given."""
    torch.manual_seed(seed)
    model, layers = DBN(config), len(config.widths)
    for epoch in range(epochs):
        top = epoch * layers // epochs == layers - 1
        rows = len(y) if top else len(x)
        for _ in range(len(x) // rows):
            for batch in torch.randperm(rows).split(32):
                part = Batch({"table": x[batch]}, {"y": y[batch]} if top else {})
                RULE.step(model, {}, part, Turn(lambda *_: None, 0.3, epoch / epochs))
    return model


def tuned(model, x, y, epochs, rate=1e-3):
    """All layers together, by the gradient of the cross-entropy."""
    model = copy.deepcopy(model)
    optimiser = torch.optim.Adam(model.parameters(), rate)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(32):
            optimiser.zero_grad()
            functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimiser.step()
    return model


def layers_of(model):
    return [layer for layer in model.layers if isinstance(layer, Layer)]


def accuracy(model, x, y):
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())


def test_scores_are_the_labels_chances_in_the_top_machine():
    """Joint probabilities of units and label, from the energy of every state of the top."""
    torch.manual_seed(0)
    model = DBN(Config(features=4, widths=(3, 5), classes=3)).requires_grad_(False)
    for parameter in model.parameters():
        parameter.normal_()
    x, top = torch.bernoulli(torch.full((7, 4), 0.5)), layers_of(model)[-1]
    states = torch.tensor([*product((0.0, 1.0), repeat=5)])
    masses = []
    for label in range(3):
        one_hot = functional.one_hot(torch.tensor(label), 3).expand(len(x), 3)
        seen = torch.cat([model.up(x), one_hot], dim=1)
        energy = -(seen @ top.visible_bias)[:, None] - seen @ top.weight.T @ states.T
        masses.append((-energy + states @ top.hidden_bias).logsumexp(1))
    torch.testing.assert_close(model(x).softmax(1), torch.stack(masses, dim=1).softmax(1))


def test_each_layer_learns_in_its_stretch_and_no_other_moves():
    model, (x, y) = DBN(Config(features=12, widths=(5, 4, 6), classes=2)), coins(0)
    for now, progress in enumerate((0.0, 0.4, 0.99)):
        before = [layer.weight.detach().clone() for layer in layers_of(model)]
        RULE.step(model, {}, Batch({"table": x}, {"y": y}), Turn(lambda *_: None, 0.3, progress))
        moved = [
            not torch.equal(b, a.weight) for b, a in zip(before, layers_of(model), strict=True)
        ]
        assert moved == [layer == now for layer in range(3)]


def test_only_the_top_layer_needs_labels():
    model, (x, _) = DBN(Config(features=12, widths=(5, 4), classes=2)), coins(0)
    RULE.step(model, {}, Batch({"table": x}), Turn(lambda *_: None, 0.3, 0.0))
    with pytest.raises(ValueError, match="needs one target"):
        RULE.step(model, {}, Batch({"table": x}), Turn(lambda *_: None, 0.3, 0.9))


@pytest.mark.exhaustive
def test_gradients_alone_hardly_move_the_stack_and_do_after_greedy_learning():
    learn, judge = digits()
    greedy = stacked(SIZES, *learn, epochs=120)
    torch.manual_seed(0)
    alone = tuned(DBN(SIZES), *learn, epochs=30)
    both = tuned(greedy, *learn, epochs=30)
    assert accuracy(alone, *judge) < 0.8 < 0.92 < accuracy(greedy, *judge)
    assert accuracy(both, *judge) > 0.935


@pytest.mark.exhaustive
def test_with_a_hundred_labels_the_unlabelled_rest_helps():
    (x, y), judge = digits()
    model = stacked(SIZES, x, y[:100], epochs=120)
    rival = LogisticRegression(max_iter=2000).fit(x[:100], y[:100])
    assert accuracy(model, *judge) > float(rival.score(*judge)) + 0.02


@pytest.mark.slow
def test_what_the_data_do_not_show_is_lost_until_the_label_reaches_down():
    """Fair coins have no structure: a machine of them is as likely without any hidden unit."""
    x, y = coins(0)
    config = Config(features=12, widths=(12, 20), classes=2)
    greedy = stacked(config, x[:1000], y[:1000], epochs=60)
    assert accuracy(greedy, x[1000:], y[1000:]) < 0.65
    assert accuracy(tuned(greedy, x[:1000], y[:1000], 30, 1e-2), x[1000:], y[1000:]) > 0.98


def test_the_published_stack_has_the_published_weights():
    """784-500-500, and 2000 on top of 500 and ten labels: 1,662,000."""
    config = VARIANTS["mnist"].config
    with outlined():
        model = DBN(config)
    sizes = [layer.weight.numel() for layer in layers_of(model)]
    below = sum(one * other for one, other in pairwise((784, 500, 500)))
    assert sum(sizes) == below + 510 * 2000 == 1_662_000


@pytest.mark.parametrize("widths", [(), (5,), (5, 0)])
def test_a_stack_of_less_than_two_layers_is_refused_in_one_line(widths):
    with pytest.raises(UserError, match="two hidden layers at least"):
        DBN(Config(features=4, widths=widths, classes=2))
