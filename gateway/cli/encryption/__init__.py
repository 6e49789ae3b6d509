"""`flask keys …`: the keys that stand outside the database."""
