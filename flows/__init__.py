"""Decides: menus, words, routes and dates as pure functions. No clock, randomness, files or network in here."""
