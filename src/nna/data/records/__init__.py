"""Files that hold a value for every input and every target of a network, by name."""
