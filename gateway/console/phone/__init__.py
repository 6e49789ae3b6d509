"""Phone: a call beside a screen or on its own page, which can be saved as a scripted call."""
