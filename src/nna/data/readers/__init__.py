"""Tables in files of many kinds, read strictly; rows drawn in one pass where a file is large."""
