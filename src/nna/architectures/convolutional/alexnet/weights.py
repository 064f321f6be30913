from nna import spec

TORCHVISION = (
    *(
        spec.Rename(rf"^features\.{i}\.", f"body.conv{n}.")
        for n, i in enumerate((0, 3, 6, 8, 10), 1)
    ),
    *(spec.Rename(rf"^classifier\.{i}\.", f"head.fc{n}.") for n, i in ((6, 1), (7, 4), (8, 6))),
)
