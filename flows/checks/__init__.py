"""Checks: everything wrong with a flow before a citizen meets it, family by family."""
