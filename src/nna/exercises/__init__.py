"""Exercises that grade themselves: an architecture with its decisive lines left blank."""
