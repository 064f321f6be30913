"""What is claimed of FT-Transformers, beyond the contract they share with the rest."""

import pytest
import torch
from sklearn.linear_model import RidgeCV
from torch import nn

from nna import contract, registry
from nna.architectures.transformers.ft_transformer.model import (
    Attention,
    FeatureTokenizer,
    FTTransformer,
    ReGLU,
)
from nna.architectures.transformers.ft_transformer.parity import Theirs
from nna.architectures.transformers.ft_transformer.spec import SPEC, VARIANTS, Config
from nna.workbench.evaluation import results
from nna.workbench.train import train


@pytest.mark.slow
def test_on_few_nearly_straight_rows_ridge_errs_less(tmp_path):
    found = results.of_run(train("ft_transformer", "diabetes", out=tmp_path, quiet=True))
    assert found is not None
    ours, ridge, mean = (
        of["rmse"].value
        for of in (found.metrics, found.baselines["ridge"], found.baselines["mean"])
    )
    assert ours is not None
    assert ridge is not None
    assert mean is not None
    assert ours > ridge + 0.5
    assert ours < mean - 5  # yet it has learnt something


@pytest.mark.slow
def test_a_product_of_two_columns_is_learnt_where_a_straight_model_finds_nothing():
    """y = x0 x1 among five columns; no column alone tells anything of it."""
    noise = torch.Generator().manual_seed(0)
    x, unseen = torch.randn(1200, 5, generator=noise).split((800, 400))
    y, truth = x[:, 0] * x[:, 1], unseen[:, 0] * unseen[:, 1]
    torch.manual_seed(0)
    model = FTTransformer(Config(features=5, classes=1, width=32, depth=2, heads=4, dropout=0.1))
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=True)
    for _ in range(25):
        for rows in torch.randperm(len(x)).split(64):
            optimiser.zero_grad()
            nn.functional.mse_loss(model(x[rows])[:, 0], y[rows]).backward()
            optimiser.step()
    model.eval()
    with torch.no_grad():
        left = (model(unseen)[:, 0] - truth).square().mean() / truth.var()
    straight = RidgeCV().fit(x.numpy(), y.numpy()).score(unseen.numpy(), truth.numpy())
    assert straight < 0.05
    assert left < 0.3


def test_the_order_of_the_columns_is_no_matter():
    """A column carries its own direction and place; moved along with it, nothing changes."""
    model = contract.tiny("ft_transformer", SPEC).eval()
    table = torch.randn(4, SPEC.tiny.features)
    before = model(table)
    order = torch.randperm(SPEC.tiny.features, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        for name in ("weight", "bias"):
            parameter = model.get_parameter(f"stem.{name}")
            parameter.copy_(parameter[order].clone())
    torch.testing.assert_close(model(table[:, order]), before)


def test_columns_are_told_apart_only_by_their_weights():
    """With the same direction and place for all, swapping two columns' values changes nothing."""
    model = contract.tiny("ft_transformer", SPEC).eval()
    table = torch.randn(4, SPEC.tiny.features)
    swapped = table[:, [1, 0, 2, 3, 4]]
    assert (model(swapped) - model(table)).abs().max() > 1e-3
    with torch.no_grad():
        for name in ("weight", "bias"):
            parameter = model.get_parameter(f"stem.{name}")
            parameter.copy_(parameter[:1].expand_as(parameter).clone())
    torch.testing.assert_close(model(swapped), model(table))


def test_the_authors_package_counts_as_we_do():
    """Table 12 prints 929K; without [CLS] and head they are 929,472."""
    variant = VARIANTS["default"]
    assert contract.count_parameters(Theirs(variant.config)) == variant.params
    model = registry.build("ft_transformer/default")
    apart = model.get_parameter("stem.cls").numel() + contract.count_parameters(
        model.get_submodule("head")
    )
    assert variant.params - apart == 929_472


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match="multiple"):
        FTTransformer(Config(features=3, classes=1, width=10, depth=1, heads=4))


def test_the_card_reads_a_row_by_hand():
    tokenizer, attention = FeatureTokenizer(2, 2), Attention(2, heads=1, dropout=0.0)
    with torch.no_grad():
        tokenizer.weight.copy_(torch.eye(2))
        tokenizer.bias.copy_(torch.eye(2).flip(0))
        tokenizer.cls.zero_()
        attention.qkv.weight.copy_(torch.eye(2).repeat(3, 1))
        attention.proj.weight.copy_(torch.eye(2))
        tokens = tokenizer(torch.tensor([[2.0, -1.0], [5.0, -1.0]]))
        gathered = attention(tokens)[:, 0]
    assert tokens[:, 1:].tolist() == [[[2, 1], [1, -1]], [[5, 1], [1, -1]]]
    torch.testing.assert_close(gathered, torch.tensor([[1.0, 0.0], [2.0, 0.0]]))
    assert ReGLU()(torch.tensor([3.0, -2.0, 0.5, -1.0])).tolist() == [1.5, 0.0]
