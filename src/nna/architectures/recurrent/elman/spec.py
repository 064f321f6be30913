"""Facts about the Elman network: sizes, sources, where it fits and where it fails."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Paper,
    Parity,
    Recipe,
    Scores,
    Series,
    Signature,
    Variant,
)
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one Elman network."""

    hidden: int  # hidden units, and as many context units
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores given after the last step


STEP = {"steps": 1}  # the paper predicts at every step: what one costs
VARIANTS = {
    # the four simulations of Elman (1990), in the order of the paper
    "xor": Variant(Config(hidden=2, channels=1, classes=1), 11, macs=8, costs_at=STEP),
    "letters": Variant(Config(hidden=20, channels=6, classes=6), 666, macs=640, costs_at=STEP),
    "word_ends": Variant(Config(hidden=20, channels=5, classes=5), 625, macs=600, costs_at=STEP),
    "sentences": Variant(
        Config(hidden=150, channels=31, classes=31), 31_981, macs=31_800, costs_at=STEP
    ),
    "desk": Variant(
        Config(hidden=16, channels=1, classes=2), 322, macs=7_920, costs_at={"steps": 29}
    ),
}

SPEC = Architecture(
    name="Elman network",
    limitation="A perceptron sees time as a window of fixed width, and a pattern later is another.",
    idea="Hidden units are copied into a context that is read beside the next input.",
    paper=Paper(
        title="Finding Structure in Time",
        authors="Elman",
        kind="article",
        year=1990,
        venue="Cognitive Science 14(2)",
        doi="10.1207/s15516709cog1402_1",
    ),
    since=1988,
    builds_on=("mlp", "jordan"),
    inputs={"series": Series()},
    outputs=Scores(),
    tasks=("classification", "regression"),
    model="model:Elman",
    twin="model_keras:elman",
    aliases=("rnn", "srn", "simple_rnn", "vanilla_rnn", "simple_recurrent_network"),
    tiny=Config(hidden=6, channels=3, classes=4),
    variants=VARIANTS,
    recipe=Recipe(
        objective="cross_entropy", epochs=20, learning_rate=1e-2, batch_size=64, clip_norm=1.0
    ),
    published_recipe=(
        "back-propagation after every step, the context taken as a fixed input, so that errors go "
        "back no further; the weights of the copies stay at 1 (section on networks with memory)"
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=Signature(
        data="temporal_xor",
        metric="accuracy",
        threshold=0.95,
        baseline="logistic regression",
        expected_failure="carry a symbol over 100 steps: gradients sent back so far have vanished",
        failure_test="test_a_symbol_is_carried_over_five_steps_and_lost_over_a_hundred",
    ),
    initial=(Initial(r"body\.bias_hh_l0", "constant", 0.0, "one bias a unit"),),
    parity=(
        Parity(against="the equation, unit by unit in NumPy", check="parity:equations"),
        Parity(against="keras.layers.SimpleRNN", check="parity:keras", needs="keras"),
    ),
    advice=(
        Advice(
            "what matters lies a few steps back, and model and data are small",
            "yes",
            "One matrix product a step and one state: a quarter of an LSTM's parameters and work.",
            "Elman 1990, doi:10.1207/s15516709cog1402_1",
        ),
        Advice(
            "what matters lies more than a dozen steps before the answer",
            "no",
            "The gradient passes one matrix and one tanh a step, and shrinks or grows by powers.",
            "Bengio, Simard, Frasconi 1994, doi:10.1109/72.279181",
        ),
        Advice(
            "long sequences on hardware that computes best in parallel",
            "no",
            "Steps must be computed one after the other, forwards and backwards.",
            "Vaswani et al. 2017, arXiv:1706.03762, table 1",
        ),
    ),
)
