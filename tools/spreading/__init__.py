"""What `tools/spreads.py` is made of."""
