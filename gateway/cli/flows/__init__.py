"""Flows: check, test, compare, publish, roll back, export and import flows from a terminal."""
