from nna import spec

TIMM = (
    spec.Rename(r"^conv1\.", "stem.0.conv."),
    spec.Rename(r"^bn1\.", "stem.0.norm."),
    *(spec.Rename(rf"^layer{stage + 1}\.", f"body.{stage}.") for stage in range(4)),
    *(spec.Rename(rf"\.conv{i + 1}\.", f".branch.{2 * i}.conv.") for i in range(3)),
    *(spec.Rename(rf"\.bn{i + 1}\.", f".branch.{2 * i}.norm.") for i in range(3)),
    spec.Rename(r"\.se\.", ".gates."),
    spec.Rename(r"(^|\.)channel\.fc1\.", r"\1channel.squeeze."),
    spec.Rename(r"(^|\.)channel\.fc2\.", r"\1channel.excite."),
    spec.Rename(r"(^|\.)spatial\.conv\.bn\.", r"\1spatial.conv.norm."),
    spec.Rename(r"\.downsample\.0\.", ".skip.conv."),
    spec.Rename(r"\.downsample\.1\.", ".skip.norm."),
    spec.Rename(r"^fc\.", "head."),
)
