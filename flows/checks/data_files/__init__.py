"""Checks of data files: the life cycle, the offices, the calendar, the words of danger and the helplines."""
