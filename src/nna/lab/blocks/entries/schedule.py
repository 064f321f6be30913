"""Schedules: the rate over the steps."""

from __future__ import annotations

from collections.abc import Callable

from nna.lab.blocks.entries.optimiser import descends
from nna.lab.blocks.entry import Code, Fact, Schedule
from nna.spec import Paper

STEPS = 120  # of the run that facts are about

Maker = Callable[[int], Code]
PREFIX = "torch.optim.lr_scheduler."


def _constant(steps: int) -> Code:
    return Code(f"{PREFIX}ConstantLR", {"factor": 1.0})


def _step(steps: int) -> Code:
    return Code(f"{PREFIX}StepLR", {"step_size": max(1, steps // 3), "gamma": 0.1})


def _exponential(steps: int) -> Code:
    return Code(f"{PREFIX}ExponentialLR", {"gamma": 0.01 ** (1 / steps)})


def _cosine(steps: int) -> Code:
    return Code(f"{PREFIX}CosineAnnealingLR", {"T_max": steps})


def _restarts(steps: int) -> Code:
    return Code(f"{PREFIX}CosineAnnealingWarmRestarts", {"T_0": max(1, steps // 3)})


def _one_cycle(steps: int) -> Code:
    return Code(f"{PREFIX}OneCycleLR", {"total_steps": steps + 1, "max_lr": 1.0})


def _warm_up(steps: int) -> Code:
    return Code(f"{PREFIX}LinearLR", {"start_factor": 0.01, "total_iters": max(1, steps // 10)})


def rates(maker: Maker, steps: int) -> list[float]:
    """The rate before each step and after the last, as a share of the greatest."""
    import torch

    weight = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.SGD([weight], lr=1.0, momentum=0.9)
    scheduler, found = maker(steps)(optimiser), []
    for _ in range(steps):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return [*found, optimiser.param_groups[0]["lr"]]


def _at(maker: Maker, step: int) -> Callable[[], float]:
    return lambda: rates(maker, STEPS)[step]


def _share(maker: Maker, step: int, is_: float, says: str) -> Fact:
    return Fact(f"share of the rate {says}", is_, _at(maker, step))


COSINE = r"\eta_t = \eta \, \frac{1 + \cos(\pi t / T)}{2}"
SGDR = Paper(
    title="SGDR: Stochastic Gradient Descent with Warm Restarts",
    authors="Loshchilov, Hutter",
    year=2017,
    venue="International Conference on Learning Representations",
    arxiv="1608.03983",
)

BLOCKS = (
    Schedule(
        name="constant",
        told=lambda spec: descends(spec) and spec.recipe.schedule == "constant",
        title="Constant rate",
        paper=Paper(
            title="Optimization Methods for Large-Scale Machine Learning",
            authors="Bottou, Curtis, Nocedal",
            year=2018,
            venue="SIAM Review",
            arxiv="1606.04838",
        ),
        formula=r"\eta_t = \eta",
        symbols=r"\eta: rate; t: step",
        use="Nothing to choose but the rate. Right where training is short, or goes on for ever.",
        limits="The noise of batches keeps the weights at a distance from the minimum that "
        "grows with the rate.",
        where=("torch.optim.lr_scheduler.ConstantLR",),
        scheduler=_constant,
        facts=(_share(_constant, 0, 1.0, "first"), _share(_constant, STEPS, 1.0, "in the end")),
        rival="cosine",
    ),
    Schedule(
        name="step_decay",
        also=("step_lr",),
        title="Step decay",
        paper=Paper(
            title="Deep Residual Learning for Image Recognition",
            authors="He, Zhang, Ren, Sun",
            year=2016,
            venue="Conference on Computer Vision and Pattern Recognition",
            arxiv="1512.03385",
        ),
        formula=r"\eta_t = \eta \, \gamma^{\lfloor t / s \rfloor}, \quad \gamma = 0.1",
        symbols=r"\eta: rate; t: step; s: steps between two drops; \gamma: what a drop leaves",
        use="A large rate while it still helps, then a tenth, then a hundredth: how residual "
        "networks were trained in 2015.",
        limits="When to drop is to be found out by watching, and differs from task to task.",
        where=("torch.optim.lr_scheduler.StepLR", "torch.optim.lr_scheduler.MultiStepLR"),
        scheduler=_step,
        facts=(
            _share(_step, STEPS // 3 - 1, 1.0, "just before a third"),
            _share(_step, STEPS // 3, 0.1, "at a third"),
            _share(_step, STEPS - 1, 0.01, "at the last step"),
        ),
        rival="constant",
    ),
    Schedule(
        name="exponential_decay",
        also=("exponential",),
        title="Exponential decay",
        paper=Paper(
            title="Rethinking the Inception Architecture for Computer Vision",
            authors="Szegedy, Vanhoucke, Ioffe, Shlens, Wojna",
            year=2016,
            venue="Conference on Computer Vision and Pattern Recognition",
            arxiv="1512.00567",
        ),
        formula=r"\eta_t = \eta \, \gamma^t",
        symbols=r"\eta: rate; t: step; \gamma: what a step leaves; here such that 1 % is left in "
        "the end",
        use="The step decay made smooth: the same share is lost in every epoch.",
        limits="Where one hundredth is left in the end, half of the rate is gone after 15 % of the "
        "way: much of the training runs at small rates.",
        where=("torch.optim.lr_scheduler.ExponentialLR",),
        scheduler=_exponential,
        facts=(
            _share(_exponential, STEPS // 2, 0.1, "half-way"),
            _share(_exponential, STEPS, 0.01, "in the end"),
        ),
        rival="constant",
    ),
    Schedule(
        name="cosine",
        told=lambda spec: descends(spec) and spec.recipe.schedule == "cosine",
        title="Cosine decay",
        paper=SGDR,
        formula=COSINE,
        symbols=r"\eta: rate; t: step; T: all steps",
        use="High for long, then gently down to zero: the usual choice where the number of steps "
        "is known. The default of most recipes here.",
        limits="The end must be known at the start; stopped half-way the rate is still high.",
        where=("torch.optim.lr_scheduler.CosineAnnealingLR",),
        scheduler=_cosine,
        facts=(
            _share(_cosine, 0, 1.0, "first"),
            _share(_cosine, STEPS // 2, 0.5, "half-way"),
            _share(_cosine, STEPS, 0.0, "in the end"),
        ),
        rival="constant",
    ),
    Schedule(
        name="warm_restarts",
        also=("sgdr",),
        title="Cosine decay with warm restarts",
        paper=SGDR,
        formula=r"\eta_t = \eta \, \frac{1 + \cos(\pi (t \bmod T_0) / T_0)}{2}",
        symbols=r"\eta: rate; t: step; T_0: steps between two restarts",
        use="Falls to zero and begins anew: a good network at the end of each period, and a "
        "chance to leave a poor minimum.",
        limits="After a restart the loss rises first; only the ends of the periods are good.",
        where=("torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",),
        scheduler=_restarts,
        facts=(
            _share(_restarts, STEPS // 6, 0.5, "half-way through a period"),
            _share(_restarts, STEPS // 3, 1.0, "at a restart"),
        ),
        rival="constant",
    ),
    Schedule(
        name="one_cycle",
        also=("onecycle", "super_convergence"),
        title="One cycle",
        paper=Paper(
            title="Super-Convergence: Very Fast Training of Neural Networks Using Large Learning "
            "Rates",
            authors="Smith, Topin",
            year=2017,
            venue="arXiv",
            arxiv="1708.07120",
        ),
        formula=r"\eta_t: \frac{\eta}{25} \rightarrow \eta \text{ until } 0.3 \, T, \quad "
        r"\eta \rightarrow \frac{\eta}{250000} \text{ until } T",
        symbols=r"\eta: greatest rate; t: step; T: all steps; both ways along a cosine, as PyTorch "
        "does it",
        use="Up to a rate that would be too large at the start, then down to next to nothing: "
        "few epochs suffice.",
        limits="The greatest rate must be searched for. The paper's ways are straight lines, and "
        "momentum moves against the rate.",
        where=("torch.optim.lr_scheduler.OneCycleLR",),
        scheduler=_one_cycle,
        facts=(
            _share(_one_cycle, 0, 1 / 25, "first"),
            Fact("greatest share of the rate", 1.0, lambda: max(rates(_one_cycle, STEPS)), 1e-2),
            _share(_one_cycle, STEPS, 1 / 250_000, "in the end"),
        ),
        rival="constant",
    ),
    Schedule(
        name="warm_up",
        told=lambda spec: descends(spec) and spec.recipe.warmup > 0,
        also=("warmup", "linear_warm_up"),
        title="Linear warm-up",
        paper=Paper(
            title="Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour",
            authors="Goyal, Dollár, Girshick, Noordhuis, Wesolowski, Kyrola, Tulloch, Jia, He",
            year=2017,
            venue="arXiv",
            arxiv="1706.02677",
        ),
        formula=r"\eta_t = \eta \, \min\left(1, \frac{t}{T_w}\right)",
        symbols=r"\eta: rate; t: step; T_w: steps of the warm-up, here a tenth of all; it begins "
        "at one hundredth",
        use="The network changes fast at first; small steps there let a large rate, a large batch "
        "or a transformer begin at all.",
        limits="Only the start: it goes before another schedule, such as the cosine.",
        where=("torch.optim.lr_scheduler.LinearLR",),
        scheduler=_warm_up,
        facts=(
            _share(_warm_up, 0, 0.01, "first"),
            _share(_warm_up, STEPS // 20, 0.505, "half-way through the warm-up"),
            _share(_warm_up, STEPS // 10, 1.0, "after it"),
        ),
        rival="constant",
    ),
)
