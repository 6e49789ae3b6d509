"""Walks: a flow followed on every way, with every outcome of its acts and every value that conditions tell apart."""
