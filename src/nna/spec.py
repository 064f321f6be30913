"""The vocabulary in which architectures describe themselves. Pure data: never imports torch."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

from nna.spec_ports import (
    IGNORED as IGNORED,
    NOWHERE as NOWHERE,
    At as At,
    Detections as Detections,
    Edges as Edges,
    Embedding as Embedding,
    Graphs as Graphs,
    Image as Image,
    Input as Input,
    Nodes as Nodes,
    Output as Output,
    PixelScores as PixelScores,
    Scores as Scores,
    Series as Series,
    Several as Several,
    Size as Size,
    StepScores as StepScores,
    Table as Table,
    Tokens as Tokens,
    Values as Values,
    size as size,
)
from nna.spec_training import (
    GLOROT as GLOROT,
    HE_FAN_OUT as HE_FAN_OUT,
    YET_TO_OVERFIT as YET_TO_OVERFIT,
    Dropout as Dropout,
    Initial as Initial,
    Noise as Noise,
    Norm as Norm,
    he_fan_in as he_fan_in,
)

Task = str  # one of these, or what an external architecture brings
TASKS = (
    "classification",
    "regression",
    "forecasting",  # no architecture declares it: see `Architecture.does`
    "segmentation",
    "detection",
    "node-classification",
    "language-modelling",
    "translation",
    "masked-language-modelling",
    "reconstruction",
    "factor-recovery",
    "linear-probe",
    "generation",
    "density",
    "recall",
    "mapping",
    "verification",
)


# --- Sources, sizes, weights -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Where the architecture was published."""

    title: str
    authors: str
    year: int
    venue: str
    kind: Literal["inproceedings", "article", "techreport", "misc"] = "inproceedings"  # of BibTeX
    arxiv: str | None = None
    doi: str | None = None
    url: str | None = None


UNTOLD = Paper(title="", authors="", year=0, venue="")


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as a source prints it, and how close ours must come to it."""

    value: float
    where: str  # table, section or checkpoint
    within: float = 0.01  # relative difference allowed, of our count where ours is computed
    differs: str = ""  # why it isn't our count, rounded: it errs, or counts or means another thing

    def rounds(self, count: int) -> bool:
        """Whether a count is the figure to the last digit printed; zeros at its end may be none."""
        unit = 1
        while self.value % (10 * unit) == 0:
            unit *= 10
        return abs(count - self.value) <= unit / 2


@dataclass(frozen=True, slots=True)
class Variant:
    """One named size: its configuration, and what its source says of it."""

    config: Any
    params: int  # exact number of trainable parameters; the contract counts them
    paper: Mapping[str, Printed] = field(default_factory=dict)  # "params" and "macs" are checked
    macs: int | None = None  # exact multiply-adds of one example; `tools/costs.py` writes them
    costs_at: At = field(default_factory=dict)  # the example's size where the port's isn't meant


@dataclass(frozen=True, slots=True)
class Rename:
    """Rewrite every name that the regular expression matches."""

    pattern: str
    to: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Leave out entries that have no counterpart here."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Transpose:
    """Swap the two dimensions of matrices stored the other way round."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Flatten:
    """Make a matrix of a convolution's weights: one row for each channel that comes out."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Split:
    """Cut one entry into equal parts; `to` holds one replacement a part."""

    pattern: str
    to: tuple[str, ...]
    dim: int = 0


@dataclass(frozen=True, slots=True)
class Join:
    """Concatenate entries; the pattern's group 1 says which belong together, `order` how."""

    pattern: str  # group 1 the part that stays, group 2 the part that is joined over
    order: tuple[str, ...]
    to: str
    dim: int = 0


Rule = Rename | Drop | Transpose | Flatten | Split | Join


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """What must be done to a photograph before public weights can read it."""

    side: int = 224  # pixels of the square cut from the middle
    resize: int = 256  # pixels of the shorter side before the cut
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)  # of each channel, on a scale from 0 to 1
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    interpolation: Literal["bilinear", "bicubic"] = "bilinear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokenizer:
    """How a text becomes the tokens that public weights know: the kind, and its special tokens."""

    kind: Literal["wordpiece", "byte-level-bpe", "bpe", "unigram"]
    unknown: str | None = None  # what stands for a piece that it doesn't know
    start: str | None = None  # before every text
    end: str | None = None  # behind every text, and behind the first of two
    pad: str | None = None  # behind shorter texts of a batch
    mask: str | None = None  # where a word is missing
    empty: str | None = None  # what writing begins with, where there is no text to continue


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A public checkpoint whose names `rules` turn into ours."""

    variant: str
    hub: str  # Hugging Face repository; only its safetensors file is ever read
    licence: str
    rules: tuple[Rule, ...] = ()
    fresh: tuple[str, ...] = ()  # patterns of entries of ours that it lacks: these begin anew
    prepare: Preprocessing | None = None  # of pictures
    tokenizer: Tokenizer | None = None  # of texts
    reported: Mapping[str, float] = field(default_factory=dict)  # by the checkpoint's authors


@dataclass(frozen=True, slots=True)
class Parity:
    """A comparison with an independent computation of the same mathematics.

    `check`, "module:function" in the architecture's folder, takes nothing and returns for each
    quantity compared, by name, the greatest gap as `nna.agreement` takes it: relative to the other
    side's largest entry. One quantity at least shows what is learnt: "parameter gradients", or
    "learnt ..." for what a rule of its own leaves behind.
    """

    against: str  # what the other side is, for the ledger
    check: str
    needs: str | None = None  # the package that holds the other side; None: equations in NumPy
    tolerance: float = field(default=1e-5, kw_only=True)


# --- Learning --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained; every field can be overridden when training."""

    objective: str  # see nna.objectives
    epochs: int
    _: KW_ONLY
    optimiser: Literal["sgd", "adam", "adamw", "rmsprop"] = "adam"
    learning_rate: float = 1e-3
    batch_size: int = 64  # examples a step, over all processes together; 0: all of them at once
    schedule: Literal["constant", "cosine", "inverse-sqrt"] = "constant"
    warmup: float = 0.0  # share of all steps over which the rate rises from zero
    momentum: float = 0.9  # of sgd and rmsprop; Adam's first decay rate
    weight_decay: float = 0.0  # weight decay
    clip_norm: float | None = None  # greatest norm of the gradient
    patience: int | None = None  # epochs without a better validation figure; None: train them all
    augment: tuple[str, ...] = ()  # named random changes to training examples
    freeze: tuple[str, ...] = ()  # parts, by the start of their names, that don't learn
    layer_lr_decay: float = 1.0  # rate of each block as a share of that of the block after it
    class_weights: tuple[float, ...] = ()  # of the losses, a class each, mean 1 over training rows
    objective_settings: Mapping[str, Any] = field(default_factory=dict)  # those not by default


@dataclass(frozen=True, slots=True)
class Signature:
    """The task that an architecture must prove itself on, at its desk size, from seed 0."""

    data: str
    metric: str  # measured on the test split
    threshold: float  # the figure to reach
    baseline: str  # the named baseline that it must also beat
    expected_failure: str = ""  # what theory says it can't do; its card says it
    failure_test: str = ""  # the test in its folder that shows it; its card names it


@dataclass(frozen=True, slots=True)
class Advice:
    """When an architecture suits and when not: all that a recommender may say of it."""

    when: str
    verdict: Literal["yes", "no"]
    because: str
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """A function of an architecture's model that its figure draws as a part of its own."""

    function: str  # by its name in model.py; `Class.method` for a method
    name: str  # what the figure calls it
    closed: bool = False  # one box: what happens inside is arithmetic that tells a reader nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """Everything the library knows of an architecture short of its code and its prose."""

    name: str
    limitation: str  # the limitation of its predecessors, in one sentence
    idea: str  # its idea, in one line
    paper: Paper = UNTOLD  # of what is implemented, with the year of its venue; its paper.bib
    since: int | None = None  # when its idea was first public, where that isn't the paper's year
    builds_on: tuple[str, ...]  # ids it grew from: the edges of the lineage
    inputs: Mapping[str, Input]  # by the argument names of forward
    outputs: Output
    tasks: tuple[Task, ...]
    model: str  # "module:Class", in the folder
    twin: str | None = None  # the Keras twin, likewise
    aliases: tuple[str, ...] = ()  # other words that users ask for it by
    sampler: str | None = None  # "module:function": how it draws, where that takes many steps
    tiny: Any  # a configuration small enough to test in well under a second
    variants: Mapping[str, Variant]  # "desk" among them
    recipe: Recipe  # for the desk variant
    published_recipe: str = ""  # how the paper trained it, with the section; its card says it
    objectives: tuple[str, ...] = ()  # all that suit it, the recipe's first; if not given, it alone
    signature: Signature
    parity: tuple[Parity, ...]
    dropout: tuple[Dropout | Noise, ...] = ()  # all that training draws at random
    norms: tuple[Norm, ...] = ()  # where they aren't PyTorch's defaults
    initial: tuple[Initial, ...] = ()  # where tensors don't start as PyTorch starts them
    weights: Mapping[str, Weights] = field(default_factory=dict)  # WEIGHTS in its weights.py
    advice: tuple[Advice, ...] = ()  # its card gives it
    brief: bool = False  # whether few steps at a high rate teach it a table of few rows
    max_words: int | None = None  # of a column of texts, where each column of a table costs much
    parts: tuple[Part, ...] = ()  # what its figure draws as one, where modules don't say it
    waive: Mapping[str, str] = field(default_factory=dict)  # check that can't hold -> the reason
    renamed_fields: Mapping[str, str] = field(default_factory=dict)  # of Config, since earlier runs
    renamed_parameters: tuple[Rename, ...] = ()  # likewise, from the names in their weights

    def __post_init__(self) -> None:
        """It learns at least by its recipe's objective."""
        if not self.objectives:
            object.__setattr__(self, "objectives", (self.recipe.objective,))

    @property
    def year(self) -> int:
        """The year of its idea's first public version, by which it is listed and drawn."""
        return self.since or self.paper.year

    def does(self, task: str) -> bool:
        """Whether it can be trained for a task.

        Forecasting is regression of as many numbers as there are steps ahead, on a window of the
        past: whatever does regression on tables or series, and gives a row of scores, does it.
        """
        if task != "forecasting":
            return task in self.tasks
        taken = next(iter(self.inputs.values())).kind
        wide = isinstance(self.outputs, Scores) and isinstance(self.outputs.of, str)
        return "regression" in self.tasks and taken in ("table", "series") and wide
