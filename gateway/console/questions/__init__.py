"""Questions: a page that says what an act will do, before it does what cannot be undone."""
