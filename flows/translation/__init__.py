"""Translation: every text with its translations, its length, and whether it is out of date."""
