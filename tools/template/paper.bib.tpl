@inproceedings{@ID@,
  author = {FILL: family names, joined by "and"},
  title = {{FILL: the paper's title}},
  booktitle = {FILL: the conference, or @article and its journal; then a line doi, eprint or url},
  year = {0},
}
