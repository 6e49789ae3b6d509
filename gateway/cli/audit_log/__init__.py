"""List the audit entries from a terminal."""
