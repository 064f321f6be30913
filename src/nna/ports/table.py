"""Rows of numbers."""

from nna.ports.base import Port


class Tables(Port):
    """Rows `(batch, features)`; a frame with columns of several kinds until it is prepared."""

    axes = ("batch", "features")
    tabular = True
    numbers = ("features",)
    example_axes = 1


PORT = Tables()
