"""McCulloch-Pitts nets beside Python's logic, and beside their sums counted one by one."""

from itertools import product

import numpy as np
import torch

from nna import agreement
from nna.architectures.feedforward.mcculloch_pitts.model import McCullochPitts
from nna.architectures.feedforward.mcculloch_pitts.objective import TruthTable
from nna.architectures.feedforward.mcculloch_pitts.spec import VARIANTS, Config
from nna.learning.base import Batch, Turn


def _conjunction(case: tuple[bool, ...]) -> str:
    return " and ".join(f"x[{i}]" if yes else f"not x[{i}]" for i, yes in enumerate(case))


def logic() -> dict[str, float]:
    """The net wired for each of the 16 functions of two inputs and the 256 of three.

    The other side is a sentence in Python, the function's disjunctive normal form as text.
    """
    gaps: dict[str, float] = {}
    for inputs in (2, 3):
        cases = list(product((False, True), repeat=inputs))
        for answers in product((False, True), repeat=len(cases)):
            true = [c for c, yes in zip(cases, answers, strict=True) if yes]
            sentence = " or ".join(f"({_conjunction(case)})" for case in true) or "False"
            code = compile(sentence, "sentence", "eval")
            told = [bool(eval(code, {"x": case})) for case in cases]
            model = McCullochPitts(Config(features=inputs, hidden=len(cases), classes=2))
            x, y = torch.tensor(cases).float(), torch.tensor(answers).long()
            TruthTable().step(
                model, {}, Batch({"table": x}, {"y": y}), Turn(lambda *_: None, 1.0, progress=0.0)
            )
            expected = torch.tensor([[not yes, yes] for yes in told]).float()
            found = {f"learnt outputs, {inputs} inputs": agreement.gap(model(x), expected)}
            gaps = agreement.worst(gaps, found)
    return gaps


def _layer(params: dict[str, np.ndarray], name: str, fires: np.ndarray) -> np.ndarray:
    excitatory, inhibitory = params[f"{name}.excitatory"], params[f"{name}.inhibitory"]
    out = np.zeros((len(fires), len(excitatory)))
    for i, active in enumerate(fires):
        for k, threshold in enumerate(params[f"{name}.threshold"]):
            count = 0
            for fibre in np.flatnonzero(active):
                if inhibitory[k, fibre]:
                    break
                count += excitatory[k, fibre]
            else:
                out[i, k] = count >= threshold
    return out


def _naive(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
    return _layer(params, "disjunctions", _layer(params, "conjunctions", table > 0))


def equations() -> dict[str, float]:
    """Synapses counted one by one, the wiring being random, some fibres ending twice."""
    gaps: dict[str, float] = {}
    noise = torch.Generator().manual_seed(1)
    wide = Config(features=9, hidden=40, classes=8)
    for config in (*(variant.config for variant in VARIANTS.values()), wide):
        model = McCullochPitts(config)
        for neurons in (model.conjunctions, model.disjunctions):
            neurons.excitatory.random_(0, 3, generator=noise)
            neurons.inhibitory.bernoulli_(1 / neurons.inhibitory.shape[1], generator=noise)
            neurons.threshold.random_(0, neurons.excitatory.shape[1], generator=noise)
        table = torch.randn(64, config.features, generator=noise)
        out = model(table)
        assert out.min() < out.max(), "vacuous: all neurons fire, or none"
        gaps = agreement.worst(
            gaps, agreement.equations(model, _naive, {"table": table}, ("table",))
        )
    return gaps
