"""Mutation testing of architectures: faults drawn by rule, and the checks that must catch them."""
