from nna import spec

VGG = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21)  # convolutions of torchvision's first block, in order


OURS = ((0, 0), (0, 2), (1, 0), (1, 2), (2, 0), (2, 2), (2, 4), (3, 0), (3, 2), (3, 4))


TORCHVISION = (
    spec.Rename(r"^backbone\.scale_weight$", "scaled.scale"),
    *(
        spec.Rename(rf"^backbone\.features\.{theirs}\.", f"body.{stage}.{layer}.")
        for theirs, (stage, layer) in zip(VGG, OURS, strict=True)
    ),
    *(spec.Rename(rf"^backbone\.extra\.0\.{2 * i + 1}\.", f"body.4.{2 * i}.") for i in range(3)),
    spec.Rename(r"^backbone\.extra\.0\.7\.1\.", "dense.1."),
    spec.Rename(r"^backbone\.extra\.0\.7\.3\.", "dense.3."),
    *(spec.Rename(rf"^backbone\.extra\.{i + 1}\.", f"extras.{i}.") for i in range(4)),
    spec.Rename(r"^head\.regression_head\.module_list\.", "place."),
    spec.Rename(r"^head\.classification_head\.module_list\.", "name."),
)
