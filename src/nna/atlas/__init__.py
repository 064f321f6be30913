"""Reads what the architectures say of themselves: cards, lineage, search, differences, sources."""
