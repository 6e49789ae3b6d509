"""What grows with the rows that are stored: the same acts among ten thousand complaints and among a million."""
