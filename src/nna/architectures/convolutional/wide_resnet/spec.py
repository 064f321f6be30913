from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    block: Literal["basic", "bottleneck"] = "basic"  # pre-activated, table 1; ResNet-50's, table 8
    depths: tuple[int, ...] = (4, 4, 4)  # blocks per stage; each stage halves the side
    width: int = 10  # k, times the width of the thin network
    dropout: float = 0.0  # between the two convolutions of a basic block (figure 1d)
    channels: int = 3  # of the image
    classes: int = 10  # scores given


def _wrn(depth: int, width: int, dropout: float = 0.0, channels: int = 3) -> Config:
    """WRN-d-k: the 6n + 4 layers of table 1."""
    n = (depth - 4) // 6
    return Config(depths=(n, n, n), width=width, dropout=dropout, channels=channels)


def _imagenet(*depths: int) -> Config:
    return Config(block="bottleneck", depths=depths, width=2, classes=1000)


def _table_4(params: float, error: float) -> dict[str, spec.Printed]:
    """Parameters, to the first decimal; error in % on CIFAR-10 whitened by ZCA."""
    return {
        "params": spec.Printed(params, "table 4", within=0.05e6 / params),
        "error": spec.Printed(error, "table 4"),
    }


VARIANTS = {
    "40-1": spec.Variant(
        _wrn(40, 1), 563_930, _table_4(0.6e6, 6.85), macs=83_280_512, costs_at={"side": 32}
    ),
    "40-2": spec.Variant(
        _wrn(40, 2), 2_243_546, _table_4(2.2e6, 5.33), macs=327_599_360, costs_at={"side": 32}
    ),
    "40-4": spec.Variant(
        _wrn(40, 4), 8_949_210, _table_4(8.9e6, 4.97), macs=1_298_582_016, costs_at={"side": 32}
    ),
    "40-8": spec.Variant(
        _wrn(40, 8), 35_748_314, _table_4(35.7e6, 4.66), macs=5_172_024_320, costs_at={"side": 32}
    ),
    "28-10": spec.Variant(
        _wrn(28, 10), 36_479_194, _table_4(36.5e6, 4.17), macs=5_243_328_768, costs_at={"side": 32}
    ),
    "28-12": spec.Variant(
        _wrn(28, 12), 52_517_850, _table_4(52.5e6, 4.33), macs=7_543_905_792, costs_at={"side": 32}
    ),
    "22-8": spec.Variant(
        _wrn(22, 8), 17_158_106, _table_4(17.2e6, 4.38), macs=2_454_115_328, costs_at={"side": 32}
    ),
    "22-10": spec.Variant(
        _wrn(22, 10), 26_797_914, _table_4(26.8e6, 4.44), macs=3_827_751_168, costs_at={"side": 32}
    ),
    "16-8": spec.Variant(
        _wrn(16, 8), 10_961_370, _table_4(11.0e6, 4.81), macs=1_548_145_664, costs_at={"side": 32}
    ),
    "16-10": spec.Variant(
        _wrn(16, 10), 17_116_634, _table_4(17.1e6, 4.56), macs=2_412_173_568, costs_at={"side": 32}
    ),
    "28-10-dropout": spec.Variant(  # mean and spread taken off in place of ZCA
        _wrn(28, 10, dropout=0.3),
        36_479_194,
        {"error": spec.Printed(3.89, "table 6")},
        macs=5_243_328_768,
        costs_at={"side": 32},
    ),
    "50-2": spec.Variant(
        _imagenet(3, 4, 6, 3),
        68_883_240,
        {"params": spec.Printed(68.9e6, "table 8", 0.001), "error": spec.Printed(21.9, "table 8")},
        11_398_021_120,
    ),
    "101-2": spec.Variant(
        _imagenet(3, 4, 23, 3), 126_886_696, macs=22_753_050_624
    ),  # torchvision's
    "desk": spec.Variant(_wrn(10, 2, channels=1), 303_418, macs=2_763_008, costs_at={"side": 8}),
}

SPEC = spec.Architecture(
    name="Wide residual network",
    limitation="Very deep thin residual networks pay nearly twice the layers for each fraction of "
    "a percent, and compute them one after another.",
    idea="Fewer residual blocks, each k times as wide, with dropout between their convolutions.",
    builds_on=("resnet",),
    inputs={"image": spec.Image(min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:WideResNet",
    tiny=Config(depths=(1, 2), width=1, dropout=0.3, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        8,
        optimiser="sgd",
        learning_rate=0.1,
        schedule="cosine",
        warmup=0.1,
        weight_decay=5e-4,
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.967, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"body\.\d+\.\d+\.branch\.2",
            "dropout",
            "section 2.4: between the convolutions",
            desk="as in most of the paper's networks (table 4)",
        ),
    ),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "torchvision's wide bottlenecks, widths 2 and 3, narrow",
            "parity:torchvision",
            needs="torchvision",
        ),
        spec.Parity("table 1 in NumPy loops", "parity:cifar"),
    ),
)
