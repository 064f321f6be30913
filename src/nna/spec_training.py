"""The vocabulary for what only training shows: random draws, norms, initial weights. Pure data.

Where a figure depends on the configuration it is a formula, as the source prints it: an expression
over the fields of Config and the names that each class lists, such as "0.02 / sqrt(2 * layers)".
"""

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, fields
from functools import cache
from types import CodeType
from typing import Any, Literal

Formula = float | str
YET_TO_OVERFIT = (
    "few weights on small data: it has yet to overfit"  # why desk variants drop nothing
)


def evaluate(formula: Formula, config: Any, **names: float) -> Any:
    """The value of a formula in one configuration: a number, or a list of numbers.

    Args:
        formula: a number, or an expression that the repository itself declares.
        config: its fields are the formula's names.
        names: further ones.
    """
    if not isinstance(formula, str):
        return formula
    own = {one.name: getattr(config, one.name) for one in fields(config)}
    known: Mapping[str, Any] = {**own, **names, "sqrt": math.sqrt, "max": max}
    return eval(_compiled(formula), {"__builtins__": {}}, known)


@cache
def _compiled(formula: str) -> CodeType:
    return compile(formula, "<formula>", "eval")


@dataclass(frozen=True, slots=True)
class Dropout:
    """Entries, or whole examples of a residual branch, that training sets to zero at random.

    Formulas may say `index` and `count`: which of how many modules it is, among those that
    `among` matches (or else `at`) in the order in which the model lists them.
    """

    at: str  # regular expression: the whole name of the module that draws
    rate: Formula  # share that is dropped
    source: str
    _: KW_ONLY
    among: str | None = None  # the modules that are numbered; a place takes its parent's number
    times: int | None = 1  # draws a forward pass; None: one at least, as many as its inputs
    examples: bool = False  # whether examples are dropped whole: stochastic depth
    reached: bool = True  # whether forward gets there; if not, the module's own rate is read
    desk: str = ""  # why the desk variant drops nothing, where a published one does


@dataclass(frozen=True, slots=True)
class Noise:
    """Any other random draw of training mode."""

    at: str  # regular expression: the whole name of the module that draws
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """Norms whose constants are not PyTorch's defaults, 1e-5 and momentum 0.1."""

    eps: float = 1e-5
    momentum: float = 0.1  # weight of the newest batch in the running statistics
    source: str
    at: str = ".*"  # regular expression: the whole name of the norm; the first that matches counts


@dataclass(frozen=True, slots=True)
class Initial:
    """How tensors start that don't as PyTorch starts them.

    Formulas may say `fan_in` and `fan_out` as torch.nn.init counts them, `size` (entries of the
    tensor), `index` (which of the tensors of this declaration it is). A list gives equal parts of
    the first dimension a value each.
    """

    at: str  # regular expression: the tensor's whole name, or its layer's class: "Conv2d.weight"
    law: Literal["normal", "uniform", "constant"]
    scale: Formula  # standard deviation; half the width of the interval; the value
    source: str
    centre: Formula = 0.0  # mean of the normal and the uniform law
    when: bool | str = True  # a condition on the configuration


HE_FAN_OUT = (  # nna.blocks.convolution.he_start
    Initial("Conv2d.weight", "normal", "sqrt(2 / fan_out)", "He 2015, equation 14"),
    Initial("Conv2d.bias", "constant", 0.0, "He 2015, section 2.2"),
)
GLOROT = (
    Initial("Linear.weight", "uniform", "sqrt(6 / (fan_in + fan_out))", "Glorot 2010, equation 16"),
    Initial("Linear.bias", "constant", 0.0, "Glorot 2010, section 4.2.1"),
)


def he_fan_in(layers: str) -> tuple[Initial, ...]:
    """How He starts layers, by a regular expression of their names or classes."""
    return (
        Initial(rf"{layers}\.weight", "normal", "sqrt(2 / fan_in)", "He 2015, equation 10"),
        Initial(rf"{layers}\.bias", "constant", 0.0, "He 2015, section 2.2"),
    )
