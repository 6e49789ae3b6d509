"""Connection: engines for SQLite and PostgreSQL, insert-once, single-row reads and error codes."""
