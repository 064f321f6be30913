"""Activations: what a unit makes of its sum."""

from nna.lab.blocks.entries.activation import bounded, rectifiers, smooth

BLOCKS = (*bounded.BLOCKS, *rectifiers.BLOCKS, *smooth.BLOCKS)
