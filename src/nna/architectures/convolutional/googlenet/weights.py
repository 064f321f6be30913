from nna import spec

TORCHVISION = (
    *(spec.Rename(rf"^conv{i + 1}\.", f"stem.{at}.") for i, at in enumerate((0, 2, 3))),
    spec.Rename(r"^fc\.", "head."),
    spec.Rename(r"^inception(\d\w)\.", r"body.\1."),
    *(spec.Rename(rf"\.branch{i + 1}\.", f".branches.{i}.") for i in range(4)),
    spec.Rename(r"^aux1\.", "heads.4a."),
    spec.Rename(r"^aux2\.", "heads.4d."),
    spec.Rename(r"\.fc1\.", ".hidden."),
    spec.Rename(r"\.fc2\.", ".head."),
    spec.Rename(r"\.bn\.", ".norm."),
)
