"""Facts about the zip-code network of 1989: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Image,
    Paper,
    Parity,
    Part,
    Printed,
    Recipe,
    Scores,
    Signature,
    Variant,
)
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the data decide; all else is the paper's."""

    channels: int = 1
    classes: int = 10


ZIP = Variant(
    Config(),
    params=9_760,
    paper={
        "params": Printed(9_760, "section 3.3", within=0),
        "macs": Printed(
            64_660,
            "section 3.3, connections",
            within=0.016,
            differs="of the connections 1,000 are those of biases",
        ),
        "error": Printed(5.0, "section 5, 2,007 test digits"),
    },
    macs=63_660,
)

SPEC = Architecture(
    name="LeNet of 1989",
    limitation="A neocognitron's shared detectors weren't learnt from the error of its answers.",
    idea="Shared local detectors, trained through all layers by back-propagation.",
    paper=Paper(
        title="Backpropagation Applied to Handwritten Zip Code Recognition",
        authors="LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel",
        kind="article",
        year=1989,
        venue="Neural Computation 1(4)",
        doi="10.1162/neco.1989.1.4.541",
    ),
    builds_on=("neocognitron", "mlp"),
    inputs={"image": Image(size=16, min_size=16)},
    outputs=Scores(),
    tasks=("classification",),
    model="model:ZipCodeNet",
    tiny=Config(),
    variants={"zip": ZIP, "desk": Variant(Config(), params=9_760, macs=63_660)},
    recipe=Recipe(
        objective="squared_error",
        epochs=40,
        learning_rate=4e-3,
        batch_size=32,
        schedule="cosine",
        augment=("affine",),
    ),
    published_recipe="Mean squared error against +1 and -1, one digit at a time in a fixed order, "
    "by a Newton rule with a positive diagonal estimate of the Hessian; 23 passes over 7,291 "
    "digits (sections 4 and 5).",
    objectives=("squared_error", "cross_entropy"),
    signature=Signature(
        data="digits",
        metric="accuracy",
        threshold=0.975,
        baseline="logistic regression",
        expected_failure="Following a picture that moves by one pixel: H1 looks at every second "
        "place, so its maps are no moved copies of what they were, as they are for two pixels.",
        failure_test="test_maps_follow_a_picture_that_moves_by_two_pixels_but_not_by_one",
    ),
    initial=(
        Initial(r"(FeatureMaps|Linear)\.weight", "uniform", "2.4 / fan_in", "section 4"),
        Initial(r"(FeatureMaps|Linear)\.bias", "constant", 0.0, "the biases start at zero"),
    ),
    parity=(Parity(against="section 3 in NumPy loops", check="parity:printed"),),
    parts=(Part("ScaledTanh.forward", "scaled tanh", closed=True),),
    advice=(
        Advice(
            when="small grey characters, a few thousand labels, and very little computing",
            verdict="yes",
            because="9,760 weights err on 5.0 % of zip-code digits, 40 fully connected hidden "
            "units with 10,690 on 8.1 %",
            source="paper, section 5",
        ),
        Advice(
            when="things that stand anywhere in the picture",
            verdict="no",
            because="digits are first normalised to the 16 x 16 frame, and every unit has a bias "
            "of its own place",
            source="paper, sections 2.2 and 3.3",
        ),
        Advice(
            when="one character touches the next, or isn't cut out yet",
            verdict="no",
            because="most of its mistakes come from faulty segmentation of the zip code",
            source="paper, section 5",
        ),
    ),
)
