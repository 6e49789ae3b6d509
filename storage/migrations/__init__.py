"""Migrations: update the tables from one version to the next."""
