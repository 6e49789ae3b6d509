"""Vendors: the built-in adapters, which turn forms into nouns, nouns into requests, and responses into outcomes."""
