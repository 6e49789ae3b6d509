"""Protection: whoever was told that their name is hidden is filed so, nothing tells of it, and no flag is lost."""
