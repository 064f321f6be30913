from nna import spec


def _branch(modules: str, theirs: str, ours: int, *steps: str) -> tuple[spec.Rename, ...]:
    """One branch of some modules, convolution by convolution, from the first."""
    return tuple(
        spec.Rename(rf"^Mixed_({modules})\.{theirs}{step}\.", rf"body.\1.branches.{ours}.{at}.")
        for at, step in enumerate(steps)
    )


FOUR = ("_1", "_2", "_3", "_4")


TORCHVISION = (
    spec.Rename(r"^Conv2d_1a_3x3\.", "stem.0."),
    spec.Rename(r"^Conv2d_2a_3x3\.", "stem.1."),
    spec.Rename(r"^Conv2d_2b_3x3\.", "stem.2."),
    spec.Rename(r"^Conv2d_3b_1x1\.", "stem.4."),
    spec.Rename(r"^Conv2d_4a_3x3\.", "stem.5."),
    *_branch("..", "branch1x1", 0, ""),
    *_branch("5.", "branch5x5", 1, *FOUR[:2]),
    *_branch("5.", "branch3x3dbl", 2, *FOUR[:3]),
    *_branch("6a", "branch3x3", 0, ""),
    *_branch("6a", "branch3x3dbl", 1, *FOUR[:3]),
    *_branch("6.", "branch7x7", 1, *FOUR[:3]),
    *_branch("6.", "branch7x7dbl", 2, *FOUR, "_5"),
    *_branch("7a", "branch3x3", 0, *FOUR[:2]),
    *_branch("7a", "branch7x7x3", 1, *FOUR),
    spec.Rename(r"^(Mixed_7.\.branch3x3)_2a\.", r"\1_2.branches.0."),
    spec.Rename(r"^(Mixed_7.\.branch3x3)_2b\.", r"\1_2.branches.1."),
    spec.Rename(r"^(Mixed_7.\.branch3x3dbl)_3a\.", r"\1_3.branches.0."),
    spec.Rename(r"^(Mixed_7.\.branch3x3dbl)_3b\.", r"\1_3.branches.1."),
    *_branch("7.", "branch3x3", 1, *FOUR[:2]),
    *_branch("7.", "branch3x3dbl", 2, *FOUR[:3]),
    spec.Rename(r"^Mixed_(..)\.branch_pool\.", r"body.\1.branches.3.1."),
    spec.Rename(r"^AuxLogits\.conv0\.", "auxiliary.body.1."),
    spec.Rename(r"^AuxLogits\.conv1\.", "auxiliary.body.2."),
    spec.Rename(r"^AuxLogits\.fc\.", "auxiliary.head."),
    spec.Rename(r"^fc\.", "head."),
    spec.Rename(r"\.bn\.", ".norm."),
)


WEIGHTS = {
    "v3@imagenet1k": spec.Weights(
        variant="v3",
        hub="timm/inception_v3.tv_in1k",
        licence="BSD-3-Clause",
        rules=TORCHVISION,
        prepare=spec.Preprocessing(side=299, resize=342, mean=(0.5,) * 3, std=(0.5,) * 3),
        reported={"top-1 accuracy": 77.294},
    ),
}
