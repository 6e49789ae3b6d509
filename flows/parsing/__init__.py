"""Parsing: from YAML and CSV text to a Flow, with the file and line of everything that is wrong."""
