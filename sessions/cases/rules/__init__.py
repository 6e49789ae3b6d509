"""Rules: the life cycle and calendars, read when the process starts: those that ship, or an operator's own."""
