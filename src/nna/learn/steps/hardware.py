"""Steps of the chapter on hardware: bytes, operations, and what bounds them."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import tensor
from nna.learn.step import Step


def training_operations(parameters, tokens):
    """Operations (not multiply-adds) of training on so many tokens, forwards and backwards."""
    return 6 * parameters * tokens


def reached(peak, bandwidth, operations, moved):
    """Operations a second that are reached at most; moved: bytes for all the operations."""
    return min(peak, bandwidth * operations / moved)


def layer_intensity(examples, inputs, outputs, size):
    """Operations a byte of a dense layer without bias; size: bytes a number.

    Weights and inputs are read once, outputs are written once.
    """
    moved = size * (inputs * outputs + examples * inputs + examples * outputs)
    return 2 * examples * inputs * outputs / moved


def rounded(weights, bits):
    """Weights as so many bits keep them, by one symmetric scale; the largest is kept exactly."""
    levels = 2 ** (bits - 1) - 1
    scale = np.abs(weights).max() / levels
    return np.round(weights / scale) * scale


def idle(stations, parts):
    """The share of the time that a pipeline of stations waits, with a batch in so many parts."""
    return (stations - 1) / (parts + stations - 1)


def _operated(parameters, tokens):
    forwards = 2 * parameters  # a product and a sum
    for_weights = for_inputs = 2 * parameters
    return sum((forwards, for_weights, for_inputs)) * tokens


def _bounded(peak, bandwidth, operations, moved):
    return operations / max(operations / peak, moved / bandwidth)


def _moved(examples, inputs, outputs, size):
    arrays = [
        np.empty(shape) for shape in ((inputs, outputs), (examples, inputs), (examples, outputs))
    ]
    work = sum(2 * inputs for _ in range(examples * outputs))
    return work / sum(one.size * size for one in arrays)


def _kept(weights, bits):
    low = -(2 ** (bits - 1)) + 1
    scale = float(tensor(weights).abs().max()) / -low
    found = torch.fake_quantize_per_tensor_affine(
        tensor(weights).float(), scale, 0, low, -low
    ).double()
    nearest = np.arange(low, -low + 1) * scale
    at = np.abs(weights[:, None] - nearest).argmin(axis=1)
    assert np.allclose(found, nearest[at], atol=1e-5)
    return nearest[at]


def _simulated(stations, parts):
    ends = np.zeros((stations, parts))
    for station in range(stations):
        for part in range(parts):
            ready = ends[station - 1, part] if station else 0
            free = ends[station, part - 1] if part else 0
            ends[station, part] = max(ready, free) + 1
    whole = ends[-1, -1]
    return float((whole - parts) / whole)


def _scaled(weights, levels):
    return np.round(weights / np.abs(weights).max() * levels) * np.abs(weights).max() / levels


STEPS = (
    Step(
        answer=training_operations,
        section="Counting",
        ask="The rule by which trainings of language models are planned.",
        draw=lambda r: tuple(map(int, r.integers(1, 1000, 2))),
        truth=_operated,
        mistakes={
            "A multiply-add is two operations": lambda n, d: 3 * n * d,
            "That is the way forwards alone": lambda n, d: 2 * n * d,
            "Backwards there are two products": lambda n, d: 4 * n * d,
            "Each token meets each parameter": lambda n, d: 6 * (n + d),
        },
        hint="Count for one parameter and one token: forwards, for the weight, for what is below.",
    ),
    Step(
        answer=reached,
        section="Moving bytes",
        ask="A processor waits for memory, or memory for it.",
        draw=lambda r: (r.uniform(50, 900), r.uniform(1, 5), r.uniform(10, 1e4), r.uniform(10, 99)),
        truth=_bounded,
        mistakes={
            "Memory bounds it too": lambda p, b, o, m: p,
            "No processor does more than its peak": lambda p, b, o, m: b * o / m,
            "The lesser of the two bounds counts": lambda p, b, o, m: max(p, b * o / m),
            "Operations for each byte, not bytes for each operation": lambda p, b, o, m: min(
                p, b * m / o
            ),
        },
        hint="How long does each of the two take, and which is awaited?",
    ),
    Step(
        answer=layer_intensity,
        section="Moving bytes",
        ask="Why batches keep a machine busy.",
        draw=lambda r: tuple(map(int, (*r.integers(1, 60, 3), r.choice([1, 2, 4])))),
        truth=_moved,
        mistakes={
            "A product and a sum are two operations": lambda n, i, o, s: (
                n * i * o / (s * (i * o + n * i + n * o))
            ),
            "Inputs and outputs are moved as well": lambda n, i, o, s: 2 * n / s,
            "Bytes are asked, not numbers": lambda n, i, o, s: (
                2 * n * i * o / (i * o + n * i + n * o)
            ),
            "Weights are read once for the whole batch": lambda n, i, o, s: (
                2 * n * i * o / (s * n * (i * o + i + o))
            ),
        },
        hint="Operations above, the bytes of three arrays below.",
    ),
    Step(
        answer=rounded,
        section="Fewer bits",
        ask="Symmetric rounding: as many levels below zero as above.",
        draw=lambda r: (r.normal(size=8), int(r.integers(3, 9))),
        truth=_kept,
        mistakes={
            "With symmetric levels one of the codes stays unused": lambda w, b: _scaled(
                w, 2 ** (b - 1)
            ),
            "Round to the nearest level, not always down": lambda w, b: (
                np.floor(w / np.abs(w).max() * (2 ** (b - 1) - 1))
                * np.abs(w).max()
                / (2 ** (b - 1) - 1)
            ),
            "One bit is for the sign": lambda w, b: _scaled(w, 2**b - 1),
            "Those are the codes: scale them back": lambda w, b: np.round(
                w / np.abs(w).max() * (2 ** (b - 1) - 1)
            ),
        },
        hint="How many levels lie above zero? The largest weight takes the last of them.",
    ),
    Step(
        answer=idle,
        section="More than one machine",
        ask="Machines as stations on an assembly line: who waits?",
        draw=lambda r: tuple(map(int, r.integers(1, 40, 2))),
        truth=_simulated,
        mistakes={
            "The waiting itself takes time too": lambda p, m: (p - 1) / m,
            "With one station nobody waits": lambda p, m: p / (m + p),
            "That is the share in which it works": lambda p, m: m / (m + p - 1),
            "Only the first part's way through is waited for": lambda p, m: (
                2 * (p - 1) / (m + 2 * (p - 1))
            ),
        },
        hint="Draw three stations and four parts, and count the rounds of the last station.",
    ),
)
