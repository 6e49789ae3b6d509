"""Drafts: edits, reviews, schedules, imports and copies drafts, and starts them from an earlier revision."""
