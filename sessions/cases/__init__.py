"""Cases: everything that is done to a complaint, by whom, and who may see it."""
