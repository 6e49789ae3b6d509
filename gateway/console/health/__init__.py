"""Health: whether everything works, in plain words for operators, and what to do if it does not."""
