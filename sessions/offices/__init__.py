"""Gives the open cases of an office to others when its staff changes, in parts."""
