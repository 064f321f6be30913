"""`python -m nna`: the command line, for launchers that start a module."""

from nna.cli import main

main()
