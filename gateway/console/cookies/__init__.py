"""Cookies: the session of a browser, and what is remembered of one in which nobody is signed in."""
