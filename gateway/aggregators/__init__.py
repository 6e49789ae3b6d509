"""Aggregators: one file each. Form in, noun out; answer in, outcome out. Connections are wire.py's affair."""
