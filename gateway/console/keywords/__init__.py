"""Keywords: the keyword rules of an SMS flow, and a tester that shows which rule takes a text."""
