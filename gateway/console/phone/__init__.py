"""Phone: a call played beside a screen or on its own page, and saved as a scripted call."""
