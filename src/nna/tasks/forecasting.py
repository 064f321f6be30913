"""The numbers that come next in a series."""

from nna.tasks.regression import Regression


class Forecasting(Regression):
    """Targets are the steps ahead of each window, `(n, horizon)`, on the scale of its past."""

    name = "forecasting"
    in_column = False
    ahead = True
    learns_as = "regression"
    numeric = False  # each window has a scale of its own
    independent = portable = comparable = scored = False


TASK = Forecasting()
