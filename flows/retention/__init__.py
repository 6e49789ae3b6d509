"""How long things are kept: the rules, read from their file."""
