"""Versions: the diff of two revisions, three-way merge of drafts, and rows put back on rollback."""
