"""Descriptions: aggregators described in a YAML file, and the adapter that follows such a file."""
