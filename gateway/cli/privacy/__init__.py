"""Plan and confirm how long things are kept, and export or erase what is held about a phone."""
