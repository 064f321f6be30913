"""The laboratory: claims about neural networks, each decided by an experiment in one file."""
