"""What a first look at data finds: columns, leaks, drift, series."""
