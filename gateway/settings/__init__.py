"""Settings: what a process is told from outside, checked once; the clock and which phone numbers count."""
