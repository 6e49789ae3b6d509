"""Checks that the key ring belongs to the database, encrypts rows of earlier releases, and replaces keys."""
