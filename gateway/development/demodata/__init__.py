"""`make demo-data`: three months of calls, complaints and offices at work, all of them made up."""
