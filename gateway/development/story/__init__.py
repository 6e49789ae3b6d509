"""Story: six weeks in the life of three complaints, played by a clock that can be set."""
