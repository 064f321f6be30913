"""Losses: what is made small."""

from nna.lab.blocks.entries.loss import of_classes, of_distances, of_numbers

BLOCKS = (*of_numbers.BLOCKS, *of_classes.BLOCKS, *of_distances.BLOCKS)
