"""Structural claims about neurons, layers and activations.

Random numbers only stand for any numbers; where a network is made, nothing is trained.
"""
