"""Access: which cases a person can see, and acts on the case with a given tracking number."""
