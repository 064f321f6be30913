"""Networks of trials: dense layers or convolutions, with the block where a setting has it."""

from __future__ import annotations

from torch import Tensor, nn

from nna.lab.blocks.formulas import DropConnect
from nna.lab.blocks.trial_settings import Setting


class _Residual(nn.Module):
    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, x: Tensor) -> Tensor:
        """Input and branch, added."""
        return x + self.branch(x)


def network(setting: Setting, features: int) -> nn.Module:
    """The network of a setting, its weights drawn from torch's current seed."""
    net = _maps(setting) if setting.maps else _dense(setting, features)
    for module in net.modules():
        if isinstance(module, nn.Linear | nn.Conv2d) and setting.fill is not None:
            weight = module.weight.data
            setting.fill(weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    if setting.norm is not None and setting.norm.wraps:
        for module in [m for m in net.modules() if isinstance(m, nn.Conv2d)]:
            setting.norm.layer(module)
    return net


def _dense(setting: Setting, features: int) -> nn.Sequential:
    net, width, drop = nn.Sequential(nn.Flatten()), features, setting.drop
    for number in range(setting.depth):
        layer: nn.Module = nn.Linear(width, setting.width)
        if drop is not None and drop.on == "weights":
            layer = DropConnect(setting.share, width, setting.width)
        parts = [layer, setting.activation()]
        if drop is not None and drop.on in ("features", "branch"):
            parts.append(drop.layer(setting.share))
        block = nn.Sequential(*parts)
        net.append(_Residual(block) if setting.shortcuts and number > 0 else block)
        width = setting.width
    return net.append(nn.Linear(width, setting.outputs))


def _maps(setting: Setting) -> nn.Sequential:
    net, channels = nn.Sequential(), 1
    for number in range(setting.depth):
        net.append(nn.Conv2d(channels, setting.width, 3, padding=1))
        channels = setting.width
        if setting.norm is not None and not setting.norm.wraps:
            net.append(setting.norm.layer(channels))
        net.append(setting.activation())
        if number == 1:
            net.append(nn.MaxPool2d(2))
        if setting.drop is not None and number > 0:
            net.append(setting.drop.layer(setting.share))
    return net.extend([nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, setting.outputs)])
