"""What learning rests on, below the architectures: the protocol of objectives and what they share.

Objectives that several architectures share are files of `nna.objectives`; one that a single
architecture needs is `objective.py` in its folder.
"""
