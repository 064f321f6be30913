"""What is known of the blocks: one file a kind, found by its name. No torch."""
