"""Small tables of counts say what the large tables say, whoever does what meanwhile."""
