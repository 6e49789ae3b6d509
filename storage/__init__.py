"""Remembers: every table, and the queries on it, which run in the caller's transaction and never commit."""

# The folders in the order in which they may import: each from those above it, never from one below.
FOLDERS = (
    "schema",
    "connection",
    "encryption",
    "people",
    "cases",
    "menus",
    "messages",
    "audit",
    "transparency",
    "retention",
    "operations",
    "migrations",
)
