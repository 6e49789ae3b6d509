"""Rules: the life cycle and calendars that ship, read when the process starts, or those of an operator."""
