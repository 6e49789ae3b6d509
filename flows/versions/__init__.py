"""Versions: the diff of two revisions, the three-way merge of drafts, and rows restored by a rollback."""
