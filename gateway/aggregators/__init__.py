"""Aggregators: the registry that creates adapters and senders from the settings."""
