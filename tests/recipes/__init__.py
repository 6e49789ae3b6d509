"""The recipes of CONTRIBUTING.md, each followed to its end: what it says to touch is enough, and no more is touched."""
