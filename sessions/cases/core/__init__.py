"""Core: one transition of a case (who may make it, its history, its clock), and the cases of a phone."""
