"""Editing: YAML and CSV files changed in place, so that comments and order stay."""
