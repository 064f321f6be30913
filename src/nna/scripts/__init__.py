"""One file that trains an architecture without this library, made from its own source."""
