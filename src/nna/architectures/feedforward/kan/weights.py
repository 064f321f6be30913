from nna import spec

PYKAN = (
    spec.Drop(r"mask$"),
    spec.Rename(r"grid$", "knots"),
    spec.Rename(r"coef$", "coefficients"),
    spec.Rename(r"scale_base$", "base"),
    spec.Rename(r"scale_sp$", "scale"),
)
