"""Processes: everything that `make run` starts on one machine, and the folder for its data."""
