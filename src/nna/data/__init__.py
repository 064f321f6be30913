"""Datasets, the user's own files, splits, preparation and adapters. Knows specs, never models."""
