"""Who did and saw what: the audit entries, the words that may stand in them, and their canonical bytes."""
