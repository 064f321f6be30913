"""What the paper says of the neocognitron, beyond the contract it shares with the rest."""

import pytest
import torch

from nna.architectures.convolutional.neocognitron.model import CCells, Neocognitron, SCells
from nna.architectures.convolutional.neocognitron.objective import (
    Fukushima,
    reinforce,
    representatives,
)
from nna.architectures.convolutional.neocognitron.spec import Config
from nna.learning.base import Batch, Turn

# Figures 0 to 4, seven pixels a side, as strokes: rows of bits.
FIGURES = (
    (62, 65, 65, 65, 65, 65, 62),
    (8, 8, 8, 8, 8, 8, 8),
    (62, 1, 1, 62, 64, 64, 127),
    (126, 1, 1, 62, 1, 1, 126),
    (68, 68, 68, 127, 4, 4, 4),
)
SHOWN = ((0, 0), (2, 0), (0, 2), (-2, 0), (0, -2), (1, 1), (-1, -1))
UNSEEN = ((3, 0), (-3, 0), (0, 3), (0, -3))


def draw(rows, down=0, right=0) -> torch.Tensor:
    picture = torch.zeros(1, 16, 16)
    bits = (torch.tensor(rows)[:, None] >> torch.arange(6, -1, -1)) & 1
    picture[0, 4 + down : 11 + down, 4 + right : 11 + right] = bits
    return picture


def moved(by, figures=FIGURES) -> torch.Tensor:
    return torch.stack([draw(rows, *by) for rows in figures])


def learn(labels, figures=FIGURES, rounds=20) -> Neocognitron:
    torch.manual_seed(0)
    model = Neocognitron(Config())
    total = 4 * rounds
    with torch.no_grad():
        for i in range(total):
            batch = Batch({"image": moved(SHOWN[i % 7], figures)}, {"y": torch.tensor(labels)})
            Fukushima().update(model, batch, Turn(lambda *_: None, 1.0, i / total))
    return model.eval()


def loudest(model, pictures) -> list[int]:
    answers = model.body(model.prepare(pictures)).flatten(1)
    assert (answers.amax(1) > 0).all()
    return answers.argmax(1).tolist()


@pytest.fixture(scope="module")
def taught():
    return learn([0, 1, 2, 3, 4])


def test_layers_have_the_cells_of_the_paper():
    u, sides = torch.rand(1, 1, 16, 16), [16]
    for layer in Neocognitron(Config()).body:
        u = layer(u)
        assert u.shape[1] == 24
        sides.append(u.shape[-1])
    assert sides == [16, 16, 10, 8, 6, 2, 1]


@pytest.mark.parametrize("r", [1.5, 4.0])
def test_a_trained_cell_measures_how_alike_and_not_how_strong(r):
    """In the limit of many repetitions: phi((1 + r) s - r), s the cosine weighted by c(v)."""
    torch.manual_seed(0)
    cell = SCells(2, 1, r, rim=0, column=2)
    learnt = torch.rand(2, 5, 5)
    with torch.no_grad():
        reinforce(cell, learnt, q=1e5)
        for share in (0.0, 0.1, 0.3, 1.0):
            other = (1 - share) * learnt + share * torch.rand(2, 5, 5)
            inner, norm, own = (
                (cell.nearby * x * y).sum()
                for x, y in ((learnt, other), (other, other), (learnt, learnt))
            )
            alike = inner / (norm * own).sqrt()
            expected = ((1 + r) * alike - r).relu().view(1, 1, 1, 1)
            for strength in (1.0, 10.0):
                answer = cell(strength * other[None])
                torch.testing.assert_close(answer, expected, atol=2e-3, rtol=0)


def test_a_c_cell_answers_the_plane_that_stands_out_and_saturates():
    c_cells = CCells(side=2, stride=1, rim=0)
    even = torch.rand(1, 1, 2, 2).expand(1, 4, 2, 2)
    assert (c_cells(even) < 1e-6).all()  # all planes alike: none stands out
    loud = torch.zeros(1, 4, 2, 2)
    loud[:, 2] = 1e6
    answers = c_cells(loud).flatten()
    assert answers.nonzero().flatten().tolist() == [2]
    assert 0.8 < answers[2] < 1  # (1 + e) / (1 + e / 4) - 1 tends to 3, and psi(3) is 6 / 7


def test_a_plane_has_one_representative_and_a_column_one_candidate():
    out = torch.zeros(3, 12, 12)
    out[0, 2, 2], out[0, 9, 9] = 5.0, 4.0  # two columns, one plane: the louder
    out[1, 2, 2] = 3.0  # outshouted by another plane in every column that holds it
    out[1, 2, 9] = 2.0
    places = representatives(out, column=5).tolist()
    assert places == [2 * 12 + 2, 2 * 12 + 9, -1]


def test_figures_find_a_cell_of_their_own_without_labels(taught):
    """In eight of ten draws two of the five share one."""
    assert len(set(loudest(taught, moved((0, 0))))) >= 4
    relabelled = learn([3, 0, 4, 1, 2])
    for one, other in zip(taught.parameters(), relabelled.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_same_cell_answers_where_the_figure_was_never_shown_and_templates_do_not(taught):
    home, kept, matched = loudest(taught, moved((0, 0))), 0, 0
    templates = moved((0, 0)).flatten(1)
    for by in UNSEEN:
        there = moved(by)
        kept += sum(a == b for a, b in zip(loudest(taught, there), home, strict=True))
        nearest = torch.cdist(there.flatten(1), templates).argmin(1)
        matched += int((nearest == torch.arange(5)).sum())
    assert kept >= 17  # of 20
    assert matched <= 6


def test_patterns_too_alike_share_a_cell_whatever_their_labels():
    """A ring, and a ring that lacks a pixel: a single weight parts them, the rule never does."""
    ring, broken = FIGURES[0], (62, 65, 65, 65, 65, 65, 54)
    model = learn([0, 1], figures=(ring, broken))
    pictures = moved((0, 0), (ring, broken))
    assert (pictures[0] - pictures[1]).abs().sum() == 1
    one, other = loudest(model, pictures)
    assert one == other
    assert len(set(model(pictures).argmax(1).tolist())) == 1


def test_pictures_of_another_size_are_refused():
    with pytest.raises(ValueError, match="16 x 16"):
        Neocognitron(Config())(torch.zeros(1, 1, 28, 28))
