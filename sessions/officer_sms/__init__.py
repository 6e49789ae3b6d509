"""Officer SMS: what officers do by SMS, and why it could not be done."""
