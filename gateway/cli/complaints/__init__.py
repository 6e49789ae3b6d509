"""Complaints: list, show and move complaints from a terminal."""
