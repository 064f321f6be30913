"""What the columns of a table hold, and what each kind becomes for a model."""
