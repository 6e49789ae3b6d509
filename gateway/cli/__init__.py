"""Command line: the commands of `flask` and `sunwai`, one file per group."""
