from nna import spec

# From timm's names, which the files on the hub bear too.
RULES = (
    spec.Rename(r"^stem\.proj\.", "stem.conv."),
    spec.Rename(r"^blocks\.", "body."),
    spec.Rename(r"\.mlp_channels\.gate\.proj\.", ".gate.mix."),
    spec.Rename(r"\.mlp_channels\.gate\.norm\.", ".gate.norm."),
    spec.Rename(r"\.mlp_channels\.fc1\.", ".fc1."),
    spec.Rename(r"\.mlp_channels\.fc2\.", ".fc2."),
)


HALF = (0.5, 0.5, 0.5)  # mean and spread of each channel


WEIGHTS = {
    "s16@imagenet1k": spec.Weights(
        variant="s16",
        hub="timm/gmlp_s16_224.ra3_in1k",
        licence="Apache-2.0",
        rules=RULES,
        prepare=spec.Preprocessing(mean=HALF, std=HALF, interpolation="bicubic"),
        reported={"top-1 accuracy": 79.64},
    ),
}
