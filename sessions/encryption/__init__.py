"""The key ring and the database: whether they belong together."""
