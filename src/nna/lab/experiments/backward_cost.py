"""What the backward pass costs: operations counted, not timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

MODELS = {"mlp": "mlp", "lenet5": "LeNet-5", "resnet": "ResNet", "gpt2": "GPT-2"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Backward over forward, with the gradient by the input and without it."""
    numbers: dict[str, float] = {}
    for name in MODELS:
        model, x = build(name, seed, 1 if quick else 8)
        forward, backward = passes(model, x)
        numbers[name] = backward / forward
        if x.is_floating_point():
            forward, backward = passes(model, x.clone().requires_grad_())
        numbers[f"{name}_off"] = abs(backward / forward - 2)
        if name == "mlp":
            weights = sum(p.numel() for p in model.parameters() if p.dim() == 2)
            numbers["per_weight"] = forward / (2 * weights * len(x))
    return numbers


def build(name: str, seed: int, examples: int) -> tuple[nn.Module, Tensor]:
    """A model of a size drawn by the seed, and inputs for it; small ones, their shapes matter."""
    import torch

    from nna import registry
    from nna.lab.learn import seeded

    draw = seeded(seed, name)

    def some(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=draw))

    if name == "mlp":
        hidden = tuple(some(32, 512) for _ in range(some(3, 6)))
        model = registry.build("mlp", features=64, hidden=hidden, classes=10)
        return model, torch.randn(examples, 64, generator=draw)
    if name == "gpt2":
        sizes = {"layers": some(2, 4), "heads": 4, "width": 16 * some(2, 8), "length": 64}
        model = registry.build("gpt2", **sizes, vocab=256, dropout=0.0)
        return model, torch.randint(256, (examples, 64), generator=draw)
    if name == "resnet":
        deep = some(1, 3)
        model = registry.build("resnet", depths=(deep, deep, deep), width=8 * some(1, 2))
        return model, torch.randn(examples, 1, 16, 16, generator=draw)
    return registry.build(name), torch.randn(examples, 1, 32, 32, generator=draw)


def passes(model: nn.Module, x: Tensor) -> tuple[int, int]:
    """Operations of matrix products and convolutions, forward and backward.

    Attention is computed by plain products: not every fused kernel is counted.
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    with sdpa_kernel(SDPBackend.MATH):
        with FlopCounterMode(display=False) as counter:
            out = model(x)
        forward = counter.get_total_flops()
        with FlopCounterMode(display=False) as counter:
            out.square().mean().backward()
    return forward, counter.get_total_flops()


def figure(columns: Columns) -> Figure:
    """Backward over forward of each model."""
    from nna.lab.drawing import BLUE, GREY, new, runs

    drawing, (axis,) = new(7, 2.8)
    runs(axis, [(columns[name], BLUE) for name in MODELS])
    axis.axvline(2, color=GREY, linestyle=":", linewidth=1)
    axis.set_yticks(range(len(MODELS)), list(MODELS.values()))
    axis.set(
        xlim=(0, 2.6),
        xlabel="operations, times those of the forward pass, a dot a run;\n"
        "dotted: 2, less by what the input's own gradient would cost",
        title="The backward pass",
    )
    return drawing


EXPERIMENT = Experiment(
    title="What the backward pass costs",
    scope="on random inputs, one pass",
    claims=(
        Claim(
            row="OPT-02",
            says="The backward pass costs about as much as the forward pass.",
            by=(
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 6.5 "
                "(in proportion to the edges of the graph)",
            ),
            conditions=(
                *(
                    Condition(
                        says=f"{label}: operations backward over forward (the same order)",
                        of=name,
                        at_most=2.5,
                    )
                    for name, label in MODELS.items()
                ),
                Condition(
                    says="operations forward for each weight and example of the mlp, over a "
                    "product and a sum (linear in the weights)",
                    of="per_weight",
                    at_most=1.01,
                ),
                *(
                    Condition(
                        says=f"{label}: operations backward over forward (as much)",
                        of=name,
                        at_most=1.25,
                        limit=True,
                    )
                    for name, label in MODELS.items()
                ),
            ),
            rather="Twice as much: each product that is computed forward has two gradients, one "
            "by its inputs and one by its weights, and each costs as much as the product. Only the "
            "gradient by the network's own input is left out (counted here: with it the ratio is "
            "2, exactly).",
        ),
    ),
    protocol=Protocol(
        data="Random inputs: what they hold doesn't matter to the count.",
        models="The architectures mlp (3 to 6 hidden layers of 32 to 512 units), lenet5, resnet (6 "
        "to 18 convolutions in its blocks, 8 or 16 maps at first, 16 x 16 pixels) and gpt2 (2 to "
        "4 layers, 32 to 128 wide, 64 tokens), of sizes drawn by the seed.",
        training="None; one forward and one backward pass of 8 examples.",
        measured="Operations of all matrix products and convolutions, as PyTorch's "
        "FlopCounterMode counts them, backward over forward: without the gradient by the input, as "
        "in training, and with it, as the distance from 2. Elementwise operations, a small share, "
        "aren't counted.",
        quick="One example.",
    ),
    quantities={
        **{
            name: Quantity(about=f"operations backward over forward, {label}", unit="times")
            for name, label in MODELS.items()
        },
        **{
            f"{name}_off": Quantity(
                about=f"the same with the gradient by the input, {label}: distance from 2",
                unit="times",
            )
            for name, label in MODELS.items()
        },
        "per_weight": Quantity(
            about="operations forward, over two for each weight and example, mlp", unit="times"
        ),
    },
    seeds=10,
    minutes=0.4,
    measure=measure,
    figure=figure,
)
