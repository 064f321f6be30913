"""A fair comparison on one dataset: the same folds, time and trials for every candidate."""
