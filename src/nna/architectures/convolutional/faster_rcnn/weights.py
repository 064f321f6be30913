from nna import spec

VGG = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)  # torchvision's convolutions, in order


OURS = tuple(
    f"{2 * stage}.{2 * i}" for stage, depth in enumerate((2, 2, 3, 3, 3)) for i in range(depth)
)


TORCHVISION = (
    *(
        spec.Rename(rf"^backbone\.{theirs}\.", f"body.{ours}.")
        for theirs, ours in zip(VGG, OURS, strict=True)
    ),
    spec.Rename(r"^rpn\.conv\.0\.0\.", "propose.slide."),
    spec.Rename(r"^rpn\.bbox_pred\.", "propose.place."),
    spec.Rename(r"^rpn\.cls_logits\.", "propose.score."),
    spec.Rename(r"^box_head\.fc6\.", "dense.0."),
    spec.Rename(r"^box_head\.fc7\.", "dense.2."),
    spec.Rename(r"^box_predictor\.bbox_pred\.", "place."),
    spec.Rename(r"^box_predictor\.cls_score\.", "name."),
)
