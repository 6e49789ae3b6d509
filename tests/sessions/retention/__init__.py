"""Tests of what is forgotten, and when."""
