"""Encryption at rest: the key ring, a data key for each case and contact, and what they seal."""
