"""Vendors: the built-in adapters, which turn forms into our types, those into requests, and responses into outcomes."""
