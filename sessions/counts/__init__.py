"""Small tables of counts: what the sweep adds to them, and whether they say what the large tables say."""
