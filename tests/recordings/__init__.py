"""What Sunwai does, to the byte: `python -m tests.recordings` writes it down, a test compares. See README.md."""
