"""The next token of a text, at every place of it."""

from nna.tasks.base import Task


class LanguageModelling(Task):
    """Targets are the tokens one place on, `(n, length)`."""

    name = "language-modelling"
    sequence = True
    independent = False


TASK = LanguageModelling()
