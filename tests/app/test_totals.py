"""How the architectures divide, counted from their declarations."""

import pytest

from nna import registry
from nna.app import totals
from nna.lab.blocks import panels


def test_families_are_counted_by_what_their_architectures_declare():
    learning, reading = totals.learning(), totals.reading()
    assert learning["feedforward"]["rule"] >= 1  # the perceptron's
    assert learning["generative"]["game"] >= 1  # adversarial networks
    assert reading["convolutional"].most_common(1)[0][0] == "image"
    named = {registry.family(name) for name in registry.names()}
    assert set(learning) == set(reading) == named
    # each learns somehow and reads something
    assert sum(row.total() for row in learning.values()) >= len(registry.names())
    assert sum(row.total() for row in reading.values()) >= len(registry.names())


@pytest.mark.parametrize("name", totals.PICTURES)
def test_the_figure_shows_every_family_and_every_count(name):
    counts = totals.PICTURES[name]()
    drawn = panels.image(totals.draw(counts), "svg").decode()
    for family, row in counts.items():
        assert f">{family}<" in drawn
        for kind, count in row.items():
            assert f">{kind}<" in drawn
            assert f">{count}<" in drawn
