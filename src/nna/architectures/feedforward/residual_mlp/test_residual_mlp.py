"""What is claimed of residual MLPs, beyond the contract they share with the rest."""

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.feedforward.residual_mlp.model import Block, ResidualMLP
from nna.architectures.feedforward.residual_mlp.spec import Config
from nna.errors import UserError


def seeded(**sizes) -> ResidualMLP:
    torch.manual_seed(0)
    return ResidualMLP(Config(**sizes))


def learn(model: nn.Module, x: Tensor, y: Tensor, epochs: int) -> None:
    torch.manual_seed(1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(64):
            optimiser.zero_grad()
            cross_entropy(model(x[rows]), y[rows]).backward()
            optimiser.step()
    model.eval()


def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    with torch.no_grad():
        return float((model(x).argmax(dim=1) == y).float().mean())


def test_a_silent_branch_passes_on_what_came():
    block, x = Block(width=4, hidden=8, dropout=0.0).eval(), torch.randn(3, 4)
    for name in ("fc2.weight", "fc2.bias"):
        nn.init.zeros_(block.branch.get_parameter(name))
    torch.testing.assert_close(block(x), x, rtol=0, atol=0)


def test_a_turned_table_is_the_same_to_it():
    """Turn the rows' space and the first weights with it: nothing changes, in any direction."""
    model = seeded(features=6, depth=2, width=8).eval()
    table = torch.randn(5, 6)
    turn = torch.linalg.qr(torch.randn(6, 6))[0]
    expected = model(table)
    with torch.no_grad():
        model.stem.weight.copy_(model.stem.weight @ turn)
    torch.testing.assert_close(model(table @ turn), expected)


class Plain(nn.Module):
    """The same layers without the shortcuts, and without norms inside, as an MLP has them."""

    def __init__(self, depth: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Linear(64, width)]
        for _ in range(2 * depth):
            layers += [nn.ReLU(), nn.Linear(width, width)]
        self.body = nn.Sequential(*layers, nn.ReLU(), nn.Linear(width, 10))
        for layer in self.body:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, table: Tensor) -> Tensor:
        return self.body(table)


@pytest.mark.slow
def test_fifty_layers_learn_with_shortcuts_and_hardly_without():
    x, y = load_digits(return_X_y=True)
    x, y = torch.tensor((x - 4.9) / 6, dtype=torch.float32), torch.tensor(y)
    deep = seeded(features=64, depth=24, width=32, mlp_ratio=1, classes=10)
    learn(deep, x[:1200], y[:1200], epochs=5)
    torch.manual_seed(0)
    plain = Plain(depth=24, width=32)
    learn(plain, x[:1200], y[:1200], epochs=5)
    with_shortcuts, without = (accuracy(model, x[1200:], y[1200:]) for model in (deep, plain))
    assert with_shortcuts > 0.84
    assert without < with_shortcuts - 0.2


@pytest.mark.slow
def test_among_idle_columns_it_loses_the_one_that_counts():
    """One column of 200 tells the class; 300 rows to learn from. Trees find it, one cut each."""
    torch.manual_seed(0)
    x = torch.randn(1300, 200)
    y = (x[:, 0] > 0).long()
    model = seeded(features=200, depth=2, width=64, classes=2)
    learn(model, x[:300], y[:300], epochs=20)
    trees = HistGradientBoostingClassifier(max_iter=30).fit(x[:300].numpy(), y[:300].numpy())
    assert accuracy(model, x[:300], y[:300]) > 0.99
    assert accuracy(model, x[300:], y[300:]) < 0.75
    assert trees.score(x[300:].numpy(), y[300:].numpy()) > 0.95
    lean = seeded(features=5, depth=2, width=64, classes=2)
    learn(lean, x[:300, :5], y[:300], epochs=20)
    assert accuracy(lean, x[300:, :5], y[300:]) > 0.9  # without most of the idle ones, it does


def test_no_block_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="there has to be a block; got depth 0"):
        nna.build("residual_mlp/desk", depth=0)
