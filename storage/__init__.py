"""Remembers: tables and the questions asked of them. Never opens or ends a transaction."""
