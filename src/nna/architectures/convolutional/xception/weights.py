from nna import spec

CADENE = (  # names of the port that timm and others keep
    spec.Rename(r"^conv1\.", "stem.0.conv."),
    spec.Rename(r"^bn1\.", "stem.0.norm."),
    spec.Rename(r"^conv2\.", "stem.1.conv."),
    spec.Rename(r"^bn2\.", "stem.1.norm."),
    *(spec.Rename(rf"^bn{i}\.", f"exit.{2 * i - 5}.norm.") for i in (3, 4)),
    *(spec.Rename(rf"^conv{i}\.", f"exit.{2 * i - 5}.") for i in (3, 4)),
    spec.Rename(r"^fc\.", "head.1."),
    spec.Rename(r"\.skip\.", ".skip.conv."),
    spec.Rename(r"\.skipbn\.", ".skip.norm."),
    spec.Rename(r"^block1\.rep\.([03])\.", r"block1.branch.\g<1>."),  # it has no ReLU at its start
    spec.Rename(r"^block1\.rep\.1\.", "block1.branch.0.norm."),
    spec.Rename(r"^block1\.rep\.4\.", "block1.branch.2.norm."),
    spec.Rename(r"^block1\.branch\.3\.", "block1.branch.2."),
    *(spec.Rename(rf"\.rep\.{3 * i + 1}\.", f".branch.{2 * i + 1}.") for i in range(3)),
    *(spec.Rename(rf"\.rep\.{3 * i + 2}\.", f".branch.{2 * i + 1}.norm.") for i in range(3)),
    *(spec.Rename(rf"^block{i + 1}\.", f"entry.{i}.") for i in range(3)),
    *(spec.Rename(rf"^block{i + 4}\.", f"middle.{i}.") for i in range(8)),
    spec.Rename(r"^block12\.", "exit.0."),
    spec.Rename(r"\.conv1\.", ".depthwise."),
)


WEIGHTS = {
    "full@imagenet1k": spec.Weights(
        variant="full",
        hub="smp-hub/xception.imagenet",
        licence="other (see its page); ported from Keras, MIT",
        rules=CADENE,
        prepare=spec.Preprocessing(
            side=299,
            resize=333,
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
            interpolation="bicubic",
        ),
        reported={"top-1 accuracy": 79.04},  # by timm, of the same port
    ),
}
