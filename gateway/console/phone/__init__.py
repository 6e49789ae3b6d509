"""The phone: a call played beside the screen being edited or on its own page, and saved as a scripted call."""
