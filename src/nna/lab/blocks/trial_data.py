"""Data of trials: digits or patients, spoilt as a setting says."""

from __future__ import annotations

import torch

from nna.lab.blocks.trial_settings import Setting
from nna.lab.learn import seeded
from nna.lab.pictures import digits
from nna.training.in_memory import Tensors

FAR = 8.0  # standard deviations that an outlier is off


def examples(setting: Setting, seed: int) -> tuple[Tensors, Tensors]:
    """What to learn from, spoilt as the setting says, and what to test on, as it is."""
    draw = seeded(seed, "trial")
    if setting.data == "diabetes":
        return _patients(setting, draw)
    train, test = digits(seed, setting.train)
    assert train.target is not None
    x, target = train.x, train.target.clone()
    if setting.rare < 1:
        kept = (target < 5) | (torch.rand(len(target), generator=draw) < setting.rare)
        x, target = x[kept], target[kept]
    wrong = torch.rand(len(target), generator=draw) < setting.noise
    anew = torch.randint(0, 10, target.shape, generator=draw)
    return Tensors.pair(x, torch.where(wrong, anew, target)), test


def _patients(setting: Setting, draw: torch.Generator) -> tuple[Tensors, Tensors]:
    from nna.data import catalog as data

    whole = Tensors.of(data.load("diabetes"))
    assert whole.target is not None
    order = torch.randperm(len(whole), generator=draw)
    kept, rest = order[: setting.train], order[setting.train :]
    x, y = whole.x, whole.target.flatten()[:, None]
    x, y = ((z - z[kept].mean(0)) / z[kept].std(0) for z in (x, y))
    off = torch.rand(len(kept), 1, generator=draw) < setting.outliers
    return Tensors.pair(x[kept], y[kept] + FAR * off), Tensors.pair(x[rest], y[rest])
