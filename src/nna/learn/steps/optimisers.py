"""Steps of the chapter on optimisers: what one update does."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import tensor
from nna.learn.step import Step


def largest_rate(curvature):
    """The rate from which plain descent on a bowl no longer converges; curvature: its Hessian."""
    return 2 / np.linalg.eigvalsh(curvature).max()


def momentum_step(weights, velocity, gradient, rate, momentum):
    """Weights and velocity after a step of descent with momentum, as PyTorch has it."""
    velocity = momentum * velocity + gradient
    return weights - rate * velocity, velocity


def adam_step(weights, first, second, gradient, step, rate):
    """Weights after a step of Adam with betas 0.9 and 0.999 and eps 1e-8.

    first, second: the running means of the gradient and of its square before this step, which is
    the step-th, counted from 1.
    """
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    mean, square = first / (1 - 0.9**step), second / (1 - 0.999**step)
    return weights - rate * mean / (np.sqrt(square) + 1e-8)


def decoupled(weights, step, rate, decay):
    """Weights after a step of AdamW; step: what Adam alone would add to the weights."""
    return weights * (1 - rate * decay) + step


def cosine(step, steps, highest):
    """The rate of step 0 to steps, from the highest down to 0 along half a cosine."""
    return highest * (1 + np.cos(np.pi * step / steps)) / 2


def clipped(gradient, limit):
    """The gradient, shortened to the norm limit where it is longer."""
    return gradient * min(1.0, limit / np.linalg.norm(gradient))


def _bowl(r):
    a = r.normal(size=(3, 3))
    return (a @ a.T + 0.1 * np.eye(3),)


def _bisected(curvature):
    low, high = 0.0, 2 / curvature.diagonal().max() + 1.0
    for _ in range(80):
        rate = (low + high) / 2
        grows = np.abs(np.linalg.eigvals(np.eye(3) - rate * curvature)).max() > 1
        low, high = (low, rate) if grows else (rate, high)
    return low


def _sgd(weights, velocity, gradient, rate, momentum):
    parameter = tensor(weights).requires_grad_()
    descent = torch.optim.SGD([parameter], lr=rate, momentum=momentum)
    descent.state[parameter]["momentum_buffer"] = tensor(velocity)
    parameter.grad = tensor(gradient)
    descent.step()
    return parameter.detach().numpy(), descent.state[parameter]["momentum_buffer"].numpy()


def _adam(weights, first, second, gradient, step, rate):
    parameter = tensor(weights).requires_grad_()
    descent = torch.optim.Adam([parameter], lr=rate)
    descent.state[parameter] = {
        "step": torch.tensor(float(step - 1)),
        "exp_avg": tensor(first),
        "exp_avg_sq": tensor(second),
    }
    parameter.grad = tensor(gradient)
    descent.step()
    return parameter


def _wrong_adam(name):
    def made(weights, first, second, gradient, step, rate):
        m, v = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        mean, square = m / (1 - 0.9**step), v / (1 - 0.999**step)
        change = {
            "biased": m / (np.sqrt(v) + 1e-8),
            "root": mean / (square + 1e-8),
            "late": first / (1 - 0.9**step) / (np.sqrt(square) + 1e-8),
            "count": m / (1 - 0.9 ** (step + 1)) / (np.sqrt(v / (1 - 0.999 ** (step + 1))) + 1e-8),
        }[name]
        return weights - rate * change

    return made


def _scheduled(step, steps, highest):
    parameter = torch.zeros(1, requires_grad=True)
    descent = torch.optim.SGD([parameter], lr=highest)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(descent, steps)
    for _ in range(step):
        descent.step()
        schedule.step()
    return descent.param_groups[0]["lr"]


def _shortened(gradient, limit):
    length = sum(float(one) ** 2 for one in gradient) ** 0.5
    return [one * limit / length if length > limit else one for one in gradient]


def _drawn(r):
    return r.normal(size=4), r.normal(size=4), r.normal(size=4), r.uniform(0.01, 0.5), 0.9


def _moments(r):
    return (
        r.normal(size=4),
        r.normal(size=4),
        r.uniform(0.1, 2, 4),
        r.normal(size=4),
        int(r.integers(1, 9)),
        r.uniform(0.01, 0.5),
    )


STEPS = (
    Step(
        answer=largest_rate,
        section="How long a step",
        ask="On a bowl, in which direction does a step that is too long go wrong first?",
        draw=_bowl,
        truth=_bisected,
        mistakes={
            "At half of that it reaches the bottom in one step; it still converges beyond": (
                lambda h: 1 / np.linalg.eigvalsh(h).max()
            ),
            "Which direction breaks first, the flattest or the steepest?": (
                lambda h: 2 / np.linalg.eigvalsh(h).min()
            ),
            "Not all directions together decide, but one": lambda h: 2 / np.trace(h),
            "Directions are the bowl's own, not those of the weights": (
                lambda h: 2 / h.diagonal().max()
            ),
        },
        hint="Along each of the bowl's own directions a step multiplies the distance by a factor.",
    ),
    Step(
        answer=momentum_step,
        section="Momentum",
        ask="The velocity gathers gradients, and the weights follow it.",
        draw=_drawn,
        truth=_sgd,
        mistakes={
            "That is a running mean; this velocity adds the gradient whole": (
                lambda w, v, g, a, m: (w - a * (m * v + (1 - m) * g), m * v + (1 - m) * g)
            ),
            "The weights follow the new velocity, not the one before": (
                lambda w, v, g, a, m: (w - a * v, m * v + g)
            ),
            "The velocity isn't braked": lambda w, v, g, a, m: (w - a * (v + g), v + g),
            "The rate stands where the weights move, not in the velocity": (
                lambda w, v, g, a, m: (w - (m * v + a * g), m * v + a * g)
            ),
        },
        hint="First the velocity, then the weights; descent is a minus.",
    ),
    Step(
        answer=adam_step,
        section="A rate for each weight",
        ask="One step of Adam, with the correction that the first steps need.",
        draw=_moments,
        truth=_adam,
        mistakes={
            "The running means begin at 0 and are too small at first": _wrong_adam("biased"),
            "A mean of squares isn't a length yet": _wrong_adam("root"),
            "This step's gradient has a part in the mean already": _wrong_adam("late"),
            "Steps are counted from 1: the correction is one step ahead": _wrong_adam("count"),
        },
        hint="Update both means, correct both, then divide one by the root of the other.",
    ),
    Step(
        answer=decoupled,
        section="Decay that isn't a penalty",
        ask="Decay apart from the gradient: how much of a weight is taken away?",
        draw=lambda r: (
            r.normal(size=4),
            r.normal(size=4),
            r.uniform(0.01, 0.5),
            r.uniform(0.01, 0.5),
        ),
        truth=lambda w, s, rate, decay: [
            a + b - rate * decay * a for a, b in zip(w, s, strict=True)
        ],
        mistakes={
            "Without the rate the decay would not fade with the schedule": (
                lambda w, s, rate, decay: w - decay * w + s
            ),
            "The weights as they were are shrunk, not what the step made of them": (
                lambda w, s, rate, decay: (w + s) * (1 - rate * decay)
            ),
            "Decay makes weights smaller": lambda w, s, rate, decay: w * (1 + rate * decay) + s,
            "What Adam adds has its rate already": lambda w, s, rate, decay: (
                w * (1 - rate * decay) + rate * s
            ),
        },
        hint="The step of Adam stays as it is; beside it each weight loses a share of itself.",
    ),
    Step(
        answer=cosine,
        section="How the rate changes",
        ask="The schedule that most recipes end with.",
        draw=lambda r: (int(r.integers(0, 20)), 20, r.uniform(0.01, 1)),
        truth=_scheduled,
        mistakes={
            "At the start it is twice the highest": lambda t, n, high: (
                high * (1 + np.cos(np.pi * t / n))
            ),
            "It comes down and goes up again: half a period is enough": lambda t, n, high: (
                high * (1 + np.cos(2 * np.pi * t / n)) / 2
            ),
            "It falls below zero": lambda t, n, high: high * np.cos(np.pi * t / n),
            "It is steepest at the end; it should be level there": lambda t, n, high: (
                high * np.cos(np.pi * t / n / 2)
            ),
        },
        hint="Fix the values at the first step, in the middle and at the last.",
    ),
    Step(
        answer=clipped,
        section="How the rate changes",
        ask="What keeps one bad batch from throwing the weights away.",
        draw=lambda r: (r.normal(size=4), r.uniform(0.5, 4)),
        truth=_shortened,
        mistakes={
            "Cutting each entry by itself turns the direction": lambda g, c: np.clip(g, -c, c),
            "Short gradients are made longer": lambda g, c: g * c / np.linalg.norm(g),
            "The norm is a length: look at the root": lambda g, c: g * min(1.0, c / (g @ g)),
            "It has the length 1 now, whatever the limit": lambda g, c: (
                g / max(1.0, np.linalg.norm(g))
            ),
        },
        hint="The direction stays; only gradients that are too long change.",
    ),
)
