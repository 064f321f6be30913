"""Structural claims about convolutional networks: their layers, whole networks, and what they cost.

Nothing is trained, and nothing drawn at random decides: random numbers only stand for any numbers.
"""
