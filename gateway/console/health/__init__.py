"""Health: whether everything works, in an operator's words, and what to do if it does not."""
