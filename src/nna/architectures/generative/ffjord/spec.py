from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers of an example, and of what it flows to
    hidden: tuple[int, ...]  # units of the field's hidden layers
    solver_steps: int  # even steps there, and as many back, of four evaluations each


VARIANTS = {
    # rtqichen/ffjord, train_toy.py: three hidden layers of 64; there adaptive steps
    "toy": spec.Variant(
        Config(features=2, hidden=(64, 64, 64), solver_steps=20), 8_836, macs=691_360
    ),
    "desk": spec.Variant(Config(features=2, hidden=(64, 64), solver_steps=4), 4_612, macs=71_712),
}

SPEC = spec.Architecture(
    name="Continuous normalising flow (FFJORD)",
    limitation="Flows of layers need layers whose determinants are cheap, which binds their form.",
    idea="Let points flow along any field: the log-density changes by the trace of its Jacobian.",
    since=2018,
    builds_on=("neural_ode", "realnvp"),
    inputs={"table": spec.Table()},
    outputs=spec.Table(),
    tasks=("generation",),
    model="model:FFJORD",
    twin="model_keras:FFJORD",
    aliases=("cnf", "continuous_normalising_flow", "continuous_normalizing_flow"),
    sampler="sampler:sample",
    tiny=Config(features=3, hidden=(5, 4), solver_steps=2),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "flow_likelihood", 20, learning_rate=1e-2, batch_size=256, schedule="cosine"
    ),
    parts=(spec.Part("runge_kutta", "Runge-Kutta step"),),
    signature=spec.Signature("ring", "modes", 7.0, baseline="gaussian"),
    parity=(
        spec.Parity("the flow, step by step in NumPy", "parity:equations"),
        spec.Parity("the log-density with Jacobians multiplied out in NumPy", "parity:density"),
        spec.Parity("the determinant of the whole flow's Jacobian", "parity:determinant"),
    ),
)
