"""What the paper claims of TextCNN, beyond the contract it shares with the rest."""

import dataclasses

import pytest
import torch
from torch import nn

from nna import contract
from nna.architectures.convolutional.textcnn.model import TextCNN
from nna.architectures.convolutional.textcnn.spec import SPEC, VARIANTS

WIDTH = max(SPEC.tiny.kernels)


def network(**changes) -> TextCNN:
    torch.manual_seed(0)
    return TextCNN(dataclasses.replace(SPEC.tiny, **changes)).eval()


def text(length: int, *phrases: tuple[int, list[int]]) -> torch.Tensor:
    """Padding, and phrases from the word given on."""
    tokens = torch.zeros(1, length, dtype=torch.long)
    for start, phrase in phrases:
        tokens[0, start : start + len(phrase)] = torch.tensor(phrase)
    return tokens


def test_all_that_is_kept_of_a_text_is_one_number_a_feature():
    kept = []
    model = TextCNN(VARIANTS["mr"].config)
    model.head.register_forward_hook(lambda head, given, out: kept.append(given[0].shape))
    for length in (1, 20, 56):
        model(torch.ones(2, length, dtype=torch.long))
    assert kept == [(2, 300)] * 3


@pytest.mark.parametrize(("size", "share"), [("mr", 0.93), ("trec", 0.88)])
def test_most_of_its_numbers_are_word_vectors(size, share):
    model = TextCNN(VARIANTS[size].config)
    vectors = model.stem.weight.numel()
    assert vectors / contract.count_parameters(model) == pytest.approx(share, abs=0.01)


def test_padding_changes_nothing_wherever_the_phrase_stands():
    model = network()
    alone = model(text(5, (0, [4, 9, 2, 11, 7])))
    for length, start in ((9, 0), (9, 4), (30, 17)):
        torch.testing.assert_close(model(text(length, (start, [4, 9, 2, 11, 7]))), alone)


def test_padding_stays_zero_when_it_learns():
    model = network()
    optimiser = torch.optim.SGD(model.parameters(), lr=1.0)
    model(text(6, (1, [3, 5]))).square().sum().backward()
    optimiser.step()
    assert model.stem.weight[0].count_nonzero() == 0
    assert model.stem.weight.grad is not None
    assert model.stem.weight.grad[3].count_nonzero() > 0


def test_of_a_feature_only_the_words_at_its_maximum_learn():
    model = network(kernels=(2,), units=1)
    for parameter in model.body.parameters():
        nn.init.ones_(parameter)  # awake, whatever the words
    with torch.no_grad():
        model.stem.weight[[6, 7]] = 2.0
        model.stem.weight[[5, 8]] = 0.1
    model(torch.tensor([[5, 6, 7, 8]]))[0, 0].backward()
    assert model.stem.weight.grad is not None
    assert model.stem.weight.grad.abs().sum(1).nonzero().flatten().tolist() == [6, 7]


def test_the_order_of_neighbours_tells_and_to_a_kernel_of_one_it_does_not():
    order, turned = text(7, (2, [5, 9])), text(7, (2, [9, 5]))
    assert (network()(order) - network()(turned)).abs().max() > 1e-4
    bag = network(kernels=(1,))
    torch.testing.assert_close(bag(order), bag(turned))


def test_the_order_of_phrases_and_their_number_leave_no_trace():
    model, one, other = network(), [5, 9, 3], [8, 2]
    near = model(text(5, (0, one), (3, other)))
    turned = model(text(5, (0, other), (2, one)))
    assert (near - turned).abs().max() > 1e-4

    away = 3 + WIDTH
    far = model(text(40, (0, one), (away, other)))
    torch.testing.assert_close(far, model(text(40, (0, other), (away, one))))
    torch.testing.assert_close(far, model(text(40, (0, one), (away, other), (2 * away, one))))
