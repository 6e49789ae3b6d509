"""Data that an earlier commit wrote, for tests that the code of now goes on with it."""
