"""Checks: finds everything wrong with a flow before a caller meets it, one family of checks per folder."""
