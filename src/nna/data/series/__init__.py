"""Series of the user's own: read, put on one clock, cut into windows."""
