"""People: staff, offices, and how staff sign in."""
