"""Finds what was kept long enough and removes it, and what is held about one phone."""
