"""Parsing: turns YAML and CSV text into a Flow, and reports the file and line of every mistake."""
