from nna import spec

# From timm's names.
RULES = (
    spec.Rename(r"^stem\.conv1\.", "stem.0.conv."),
    spec.Rename(r"^stem\.norm1\.", "stem.0.norm."),
    spec.Rename(r"^stem\.conv2\.", "stem.2."),
    spec.Rename(r"^stages\.(\d+)\.blocks\.", r"body.\1."),
    spec.Rename(r"\.shortcut\.expand\.", ".skip.proj."),
    spec.Rename(r"^(body\.[01]\.\d+)\.pre_norm\.", r"\1.norm."),
    spec.Rename(r"^(body\.[01]\.\d+)\.conv1_1x1\.", r"\1.expand.conv."),
    spec.Rename(r"^(body\.[01]\.\d+)\.norm1\.", r"\1.expand.norm."),
    spec.Rename(r"^(body\.[01]\.\d+)\.conv2_kxk\.", r"\1.depthwise.conv."),
    spec.Rename(r"^(body\.[01]\.\d+)\.norm2\.", r"\1.depthwise.norm."),
    spec.Rename(r"\.se\.fc1\.", ".weigh.squeeze."),
    spec.Rename(r"\.se\.fc2\.", ".weigh.excite."),
    spec.Rename(r"\.conv3_1x1\.", ".project."),
    spec.Rename(r"\.norm1\.norm\.", ".norm1."),
    spec.Rename(r"\.attn\.rel_pos\.relative_position_bias_table$", ".attention.table"),
    spec.Rename(r"\.attn\.", ".attention."),
    spec.Rename(r"^head\.fc\.", "head.scores."),
    spec.Rename(r"^head\.pre_logits\.fc\.", "head.fc."),
)
