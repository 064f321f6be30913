"""The datasets: one file each, with `DATASET` (what it is) and `load(data_dir)`."""
