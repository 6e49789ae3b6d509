"""Trains the model of texts from example sentences, calibrates and judges it, and compares two models."""
