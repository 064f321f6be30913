"""A fair contest on one dataset: the same folds, time and trials for every contender."""
