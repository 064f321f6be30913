from nna import spec

TORCHVISION = (
    spec.Rename(r"^backbone\.conv1\.", "stem.0.conv."),
    spec.Rename(r"^backbone\.bn1\.", "stem.0.norm."),
    *(spec.Rename(rf"^backbone\.layer{stage + 1}\.", f"body.{stage}.") for stage in range(4)),
    *(spec.Rename(rf"^(body.*)\.conv{i + 1}\.", rf"\1.branch.{2 * i}.conv.") for i in range(3)),
    *(spec.Rename(rf"^(body.*)\.bn{i + 1}\.", rf"\1.branch.{2 * i}.norm.") for i in range(3)),
    spec.Rename(r"\.downsample\.0\.", ".skip.conv."),
    spec.Rename(r"\.downsample\.1\.", ".skip.norm."),
    spec.Rename(r"^classifier\.0\.convs\.4\.1\.", "pyramid.whole.conv."),
    spec.Rename(r"^classifier\.0\.convs\.4\.2\.", "pyramid.whole.norm."),
    spec.Rename(r"^classifier\.0\.convs\.(\d)\.0\.", r"pyramid.views.\1.conv."),
    spec.Rename(r"^classifier\.0\.convs\.(\d)\.1\.", r"pyramid.views.\1.norm."),
    spec.Rename(r"^classifier\.0\.project\.0\.", "pyramid.join.conv."),
    spec.Rename(r"^classifier\.0\.project\.1\.", "pyramid.join.norm."),
    spec.Rename(r"^classifier\.1\.", "head.0.conv."),
    spec.Rename(r"^classifier\.2\.", "head.0.norm."),
    spec.Rename(r"^classifier\.4\.", "head.2."),
)
