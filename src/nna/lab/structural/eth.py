"""Structural claims about fairness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from nna.lab.check import Fact, check, right, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

GROUPS = {"a third": (2.0, 4.0), "a half": (3.0, 3.0)}  # base rate: shape of its risks (beta)
CUT = 0.5  # from this risk on the answer is yes


class Rates(NamedTuple):
    """What answering yes from a risk on means in one group."""

    base: float  # share for whom yes is right
    precision: float  # of the yeses, how many are right
    false_positive: float  # of those for whom no is right, how many get a yes
    false_negative: float


def _risks(shape: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """Risks between 0 and 1 on a fine grid, and the share of a group that has each."""
    import torch

    risk = (torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000
    share = risk ** (shape[0] - 1) * (1 - risk) ** (shape[1] - 1)
    return risk, share / share.sum()


def _rates(shape: tuple[float, float], cut: float) -> Rates:
    """Of a score that is each person's true risk, so that it means the same for everybody."""
    risk, share = _risks(shape)
    yes = risk >= cut
    base = float((share * risk).sum())
    true = float((share * risk)[yes].sum())
    false = float((share * (1 - risk))[yes].sum())
    return Rates(base, true / (true + false), false / (1 - base), 1 - true / base)


def _curves() -> Figure:
    """Error rates of the two groups, by the risk from which the answer is yes."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new

    cuts = [step / 50 for step in range(2, 49)]
    drawing, axes = new(8, 3.3, 2)
    for axis, field, title in zip(
        axes, ("false_positive", "false_negative"), ("Wrongly yes", "Wrongly no"), strict=True
    ):
        for (name, shape), colour in zip(GROUPS.items(), (BLUE, ORANGE), strict=True):
            rates = [100 * getattr(_rates(shape, cut), field) for cut in cuts]
            axis.plot(cuts, rates, color=colour, label=f"group of which {name} are cases")
        axis.axvline(CUT, color=GREY, linestyle=":")
        axis.set(xlabel="yes from this risk on", ylabel="% of those concerned", title=title)
        axis.grid(alpha=0.3)
    axes[0].legend(frameon=False, fontsize=8)
    return drawing


@check(
    row="ETH-03",
    says="A fair score means the same in every group, and errs equally often in every group.",
    right="Where groups have different base rates, no score that errs at all can do both: FPR = "
    "p / (1 - p) (1 - PPV) / PPV (1 - FNR), so that of equal PPV and FNR follow unequal FPR. "
    "Which of the two to give up is a choice, and no computation makes it.",
    source="Chouldechova (2017), Big Data 5(2), arXiv:1703.00056; Kleinberg, Mullainathan, "
    "Raghavan (2017), arXiv:1609.05807",
    verdict="fails",
    figure=_curves,
)
def rates() -> Iterator[Fact]:
    """Two groups scored by their true risks, which is as good as a score can be."""
    few, many = (_rates(shape, CUT) for shape in GROUPS.values())
    wrong = f"{100 * few.false_positive:.1f} % and {100 * many.false_positive:.1f} %"
    missed = f"{100 * few.false_negative:.1f} % and {100 * many.false_negative:.1f} %"
    yield text("wrongly yes equally often", few.false_positive == many.false_positive, wrong)
    yield text("wrongly no equally often", few.false_negative == many.false_negative, missed)
    for shape, one in zip(GROUPS.values(), (few, many), strict=True):
        risk, share = _risks(shape)
        base = float((share * risk).sum())
        follows = base / (1 - base) * (1 - one.precision) / one.precision
        follows *= 1 - one.false_negative
        holds = abs(follows - one.false_positive) < 1e-9
        yield right(f"the identity, base rate {base:.2f}", holds, f"{follows:.4f}")
