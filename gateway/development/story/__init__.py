"""`make demo-story`: six weeks in the life of complaints, through the real doors, by a clock that can be set."""
