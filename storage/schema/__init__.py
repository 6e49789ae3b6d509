"""Schema: the tables, by subject."""
