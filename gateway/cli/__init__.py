"""Command line: the commands of `flask` and `sunwai`, a file for each group."""
