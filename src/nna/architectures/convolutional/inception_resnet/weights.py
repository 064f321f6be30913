from nna import spec

TIMM = (
    spec.Rename(r"^conv2d_1a\.", "stem.0."),
    spec.Rename(r"^conv2d_2a\.", "stem.1."),
    spec.Rename(r"^conv2d_2b\.", "stem.2."),
    spec.Rename(r"^conv2d_3b\.", "stem.4."),
    spec.Rename(r"^conv2d_4a\.", "stem.5."),
    spec.Rename(r"^mixed_5b\.", "body.first."),
    spec.Rename(r"^repeat\.(\d+)\.", r"body.a.\1."),
    spec.Rename(r"^mixed_6a\.", "body.a-b."),
    spec.Rename(r"^repeat_1\.(\d+)\.", r"body.b.\1."),
    spec.Rename(r"^mixed_7a\.", "body.b-c."),
    spec.Rename(r"^repeat_2\.(\d+)\.", r"body.c.\1."),
    spec.Rename(r"^block8\.", "body.c.9."),  # the last module C, which it keeps apart
    spec.Rename(r"^conv2d_7b\.", "body.last."),
    spec.Rename(r"^classif\.", "head."),
    spec.Rename(r"^(body\.[abc]\.\d+)\.conv2d\.", r"\1.mix."),
    spec.Rename(r"^(body\.[abc]\.\d+)\.branch", r"\1.views.branch"),
    spec.Rename(r"\.branch(\d)\.(conv|bn)\.", r".branches.\1.0.\2."),
    spec.Rename(r"\.branch(\d)\.", r".branches.\1."),
    spec.Rename(r"\.bn\.", ".norm."),
)


WEIGHTS = {
    "v2@imagenet1k": spec.Weights(
        variant="v2",
        hub="timm/inception_resnet_v2.tf_in1k",
        licence="Apache-2.0",
        rules=TIMM,
        prepare=spec.Preprocessing(
            side=299, resize=333, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation="bicubic"
        ),
        reported={"top-1 accuracy": 80.4},
    ),
}
