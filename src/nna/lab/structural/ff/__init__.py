"""Structural claims about the feedforward family: perceptrons, radial bases, experts."""
