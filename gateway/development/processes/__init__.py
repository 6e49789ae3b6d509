"""Processes: everything started on one machine by `make run`, and the folder it keeps its data in."""
