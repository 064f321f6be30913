"""The guide's chapters as notebooks with steps left blank, each checked by a computation."""

from nna.learn.judge import check

__all__ = ["check"]
