"""Checks: what is wrong with a flow before a citizen meets it."""
