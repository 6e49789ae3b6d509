"""The rules that ship, read once when the process starts, and the calendars that an operator has instead."""
