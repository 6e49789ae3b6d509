"""Texts: words that are missing, too long, unprintable, damaged or out of date, and what they cost by SMS."""
