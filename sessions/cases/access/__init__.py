"""Access: which cases somebody sees, and acts named by a tracking number."""
