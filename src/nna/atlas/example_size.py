"""What a variant's multiply-adds are stated for, in words."""

from nna.spec import Architecture, Variant

WORDS = {  # by the kind of what goes in, from its shape
    "image": "{2} x {3} pixels",
    "table": "{1:,} numbers",
    "series": "{1:,} steps",
    "tokens": "{1:,} tokens",
    "nodes": "all {0:,} nodes",
    "edges": "{1:,} edges",
    "graphs": "a ring of four nodes",
}
OTHER = "one example"  # of a kind of data that an architecture from elsewhere brings


def example_size(spec: Architecture, variant: Variant) -> str:
    """The size of the example whose forward pass does as many multiply-adds as are stated."""
    shapes = (
        (port.kind, port.full_shape(1, variant.config, variant.costs_at))
        for port in spec.inputs.values()
    )
    return ", ".join(WORDS.get(kind, OTHER).format(*shape) for kind, shape in shapes)
