from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    rows: int  # of the grid
    columns: int  # of the grid

    @property
    def units(self) -> int:
        """Nodes of the grid, each with one codebook vector."""
        return self.rows * self.columns


VARIANTS = {
    # Ritter and Kohonen (1989): 16 animals, each a symbol (16 numbers) and 13 attributes
    "animals": spec.Variant(Config(features=29, rows=10, columns=10), 2_900, macs=2_900),
    "desk": spec.Variant(Config(features=64, rows=12, columns=8), 6_144, macs=6_144),
}

SPEC = spec.Architecture(
    name="Self-organising map",
    limitation="Competitive learning finds prototypes but leaves them without any order.",
    idea="The winner's neighbours on a fixed grid learn with it, over a shrinking range.",
    builds_on=(),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(of="units"),
    tasks=("mapping",),
    model="model:SelfOrganisingMap",
    tiny=Config(features=5, rows=4, columns=3),
    variants=VARIANTS,
    recipe=spec.Recipe("kohonen", 10, learning_rate=0.2, batch_size=32, schedule="cosine"),
    objectives=("kohonen", "batch_map"),
    signature=spec.Signature("digits", "topographic error", 0.05, baseline="random grid"),
    initial=(
        spec.Initial(r"codebook", "normal", 0.1, "random and small: order must come from the data"),
    ),
    parity=(
        spec.Parity("MiniSom", "parity:minisom", needs="minisom"),
        spec.Parity("equations in NumPy", "parity:equations"),
    ),
)
