from nna import spec

# Timm numbers stem, modules A, reduction, modules B, reduction, modules C in one list.
TIMM = (
    spec.Rename(r"^features\.([0-2])\.", r"stem.\1."),
    spec.Rename(r"^features\.3\.conv\.", "stem.3.branches.1."),
    spec.Rename(r"^features\.4\.branch(\d)\.", r"stem.4.branches.\1."),
    spec.Rename(r"^features\.5\.conv\.", "stem.5.branches.0."),
    *(spec.Rename(rf"^features\.{6 + i}\.", f"body.a{i + 1}.") for i in range(4)),
    spec.Rename(r"^features\.10\.", "body.a-b."),
    *(spec.Rename(rf"^features\.{11 + i}\.", f"body.b{i + 1}.") for i in range(7)),
    spec.Rename(r"^features\.18\.", "body.b-c."),
    *(spec.Rename(rf"^features\.{19 + i}\.", f"body.c{i + 1}.") for i in range(3)),
    spec.Rename(r"^(body\..+)\.branch1_0\.", r"\1.branches.1.0."),
    spec.Rename(r"^(body\..+)\.branch1_1a\.", r"\1.branches.1.1.branches.0."),
    spec.Rename(r"^(body\..+)\.branch1_1b\.", r"\1.branches.1.1.branches.1."),
    spec.Rename(r"^(body\..+)\.branch2_([0-2])\.", r"\1.branches.2.\2."),
    spec.Rename(r"^(body\..+)\.branch2_3a\.", r"\1.branches.2.3.branches.0."),
    spec.Rename(r"^(body\..+)\.branch2_3b\.", r"\1.branches.2.3.branches.1."),
    spec.Rename(r"^(body\..+)\.branch(\d)\.(conv|bn)\.", r"\1.branches.\2.0.\3."),
    spec.Rename(r"^(body\..+)\.branch(\d)\.", r"\1.branches.\2."),
    spec.Rename(r"^last_linear\.", "head."),
    spec.Rename(r"\.bn\.", ".norm."),
)


WEIGHTS = {
    "v4@imagenet1k": spec.Weights(
        variant="v4",
        hub="timm/inception_v4.tf_in1k",
        licence="Apache-2.0",
        rules=TIMM,
        prepare=spec.Preprocessing(
            side=299, resize=341, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation="bicubic"
        ),
        reported={"top-1 accuracy": 80.2},
    ),
}
