"""Answers of a finished run: for rows, tables longer than memory, photographs and series."""
