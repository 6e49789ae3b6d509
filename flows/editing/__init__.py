"""Editing: changes YAML and CSV files in place and keeps their comments and order."""
