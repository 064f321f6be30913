"""Self-contained pages: on a run, and on a table before any training."""
