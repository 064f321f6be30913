from nna import spec


def _cells() -> tuple[spec.Rename, ...]:
    """Timm numbers normal and halving cells apart; here all stand in one row."""
    names = ["cell_stem_0", "cell_stem_1", *(f"cell_{i}" for i in range(6)), "reduction_cell_0"]
    names += [*(f"cell_{i}" for i in range(6, 12)), "reduction_cell_1"]
    names += [f"cell_{i}" for i in range(12, 18)]
    return tuple(spec.Rename(rf"^{name}\.", f"body.{i}.") for i, name in enumerate(names))


# From timm's names, which the file on the hub bears too.
RULES = (
    spec.Rename(r"^conv0\.conv\.", "stem.conv."),
    spec.Rename(r"^conv0\.bn\.", "stem.norm."),
    *_cells(),
    spec.Rename(r"\.conv_1x1\.conv\.", ".last.conv."),
    spec.Rename(r"\.conv_1x1\.bn\.", ".last.norm."),
    spec.Rename(r"\.conv_prev_1x1\.conv\.", ".before.conv."),
    spec.Rename(r"\.conv_prev_1x1\.bn\.", ".before.norm."),
    spec.Rename(r"\.path_1\.conv\.", ".before.even."),
    spec.Rename(r"\.path_2\.conv\.", ".before.odd."),
    spec.Rename(r"\.final_path_bn\.", ".before.norm."),
    spec.Rename(r"\.comb_iter_(\d)_left\.", r".sums.\1.0."),
    spec.Rename(r"\.comb_iter_(\d)_right\.", r".sums.\1.1."),
    *(
        spec.Rename(rf"\.separable_{i + 1}\.depthwise_conv2d\.", f".{i}.spatial.op.")
        for i in (0, 1)
    ),
    *(
        spec.Rename(rf"\.separable_{i + 1}\.pointwise_conv2d\.", f".{i}.point.conv.")
        for i in (0, 1)
    ),
    *(spec.Rename(rf"\.bn_sep_{i + 1}\.", f".{i}.point.norm.") for i in (0, 1)),
    spec.Rename(r"^last_linear\.", "head."),
)


WEIGHTS = {
    "large@imagenet1k": spec.Weights(
        variant="large",
        hub="timm/nasnetalarge.tf_in1k",
        licence="Apache-2.0",
        rules=RULES,
        prepare=spec.Preprocessing(
            side=331,
            resize=363,
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
            interpolation="bicubic",
        ),
        reported={"top-1 accuracy": 82.7},  # table 2
    )
}
