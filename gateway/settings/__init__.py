"""What settings are made of: readers of single values, what must not be left as it is, and the page in docs."""
