"""Tables as examples: features, a target, and tables longer than memory."""
