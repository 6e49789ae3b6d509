"""Settings: what a process reads from its environment, checked once; the clock."""
