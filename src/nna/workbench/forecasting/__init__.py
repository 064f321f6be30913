"""Forecasts: the rules that a network must beat, intervals, and what is measured of them."""
