"""Remembers: every table, and the questions asked of it in the caller's transaction, which only the caller commits."""

# The folders in the order in which they may import: each from those above it, never from one below.
FOLDERS = (
    "schema",
    "connection",
    "cases",
    "menus",
    "messages",
    "people",
    "operations",
    "migrations",
)
