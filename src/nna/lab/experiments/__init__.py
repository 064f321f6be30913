"""One file an experiment: what is claimed, how it is measured, and what would refute it."""
