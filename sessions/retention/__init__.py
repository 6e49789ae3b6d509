"""Removes what was kept long enough, a batch at a time, and hands out or erases what is held about one phone."""
