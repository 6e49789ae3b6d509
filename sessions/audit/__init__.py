"""Who did and saw what: entries in transactions of their own, and the entries that an admin asks for."""
