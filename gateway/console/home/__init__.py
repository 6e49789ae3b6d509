"""The first page of the console: what needs the reader, every flow with its drafts, and new flows."""
