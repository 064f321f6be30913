from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers a pattern
    memory: int  # patterns stored
    beta: float  # inverse temperature: how sharply the nearest memory is preferred
    iterations: int = 1  # updates of the state


VARIANTS = {
    # one head of BERT-base, read as a memory: 64 numbers a key, 512 tokens, beta = 1 / sqrt(64)
    "bert_head": spec.Variant(Config(features=64, memory=512, beta=0.125), 32_768, macs=65_536),
    "desk": spec.Variant(
        Config(features=64, memory=1000, beta=1.0, iterations=2), 64_000, macs=256_000
    ),
}

SPEC = spec.Architecture(
    name="Modern Hopfield network",
    limitation="Hopfield's network holds about 0.138 unrelated patterns a unit, and only signs.",
    idea="An energy with exponentials: one update is attention over the memories, and finds one.",
    builds_on=("hopfield", "transformer"),
    inputs={"table": spec.Table()},
    outputs=spec.Table(),
    tasks=("recall",),
    model="model:ModernHopfield",
    tiny=Config(features=5, memory=4, beta=2.0, iterations=2),
    variants=VARIANTS,
    recipe=spec.Recipe("store", 1, batch_size=0),
    signature=spec.Signature("many_digits_recall", "recalled", 0.99, baseline="hebb"),
    initial=(spec.Initial(r"memories", "normal", 1.0, "any points, until something is stored"),),
    parity=(
        spec.Parity(
            "torch.nn.functional.scaled_dot_product_attention", "parity:attention", needs="torch"
        ),
        spec.Parity("the update, sum by sum in NumPy", "parity:equations"),
    ),
    parts=(spec.Part("ModernHopfield.update", "Update"),),
    renamed_fields={"steps": "iterations"},
)
