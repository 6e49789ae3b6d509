"""Acts: each act on a case, by citizens, offices and time."""
