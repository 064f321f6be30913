"""Training, validation and test parts: at random, by groups, by time, by a column."""
