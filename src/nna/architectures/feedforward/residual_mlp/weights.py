from nna import spec

RULES = (
    spec.Rename(r"^input_projection\.", "stem."),
    spec.Rename(r"^output\.normalization\.", "norm."),
    spec.Rename(r"^output\.linear\.", "head."),
    spec.Rename(r"^blocks\.(\d+)\.normalization\.", r"body.\1.branch.norm."),
    spec.Rename(r"^blocks\.(\d+)\.linear1\.", r"body.\1.branch.fc1."),
    spec.Rename(r"^blocks\.(\d+)\.linear2\.", r"body.\1.branch.fc2."),
)
