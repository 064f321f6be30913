"""The architectures: a folder per family, and in it a folder per architecture."""
