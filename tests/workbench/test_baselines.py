"""Baselines see what they should: of a text which words it has, not their numbers or places."""

import numpy as np

from nna.workbench import baselines


def test_a_text_is_a_bag_to_the_baseline():
    texts = np.array([[3, 0, 3, 1], [1, 3, 3, 0]])
    assert baselines._bags(texts, vocab=5).tolist() == [[1, 1, 0, 2, 0]] * 2
