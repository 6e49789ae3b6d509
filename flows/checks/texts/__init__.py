"""Texts: missing, too long, unprintable, spoilt or stale words, and what they cost by SMS."""
