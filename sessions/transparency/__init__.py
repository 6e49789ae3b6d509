"""Puts every step and audit entry into the transparency log, signs it, and checks the database against it."""
