"""Choices: where an answer leads, and whether that is what its words say."""
