"""Publishes models of texts, keeps the one in use in memory, and collects what a new one may be trained on."""
