"""Aggregators: the registry that makes adapters and senders from the settings."""
