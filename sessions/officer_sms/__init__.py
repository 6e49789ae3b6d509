"""Officer SMS: what officers do by SMS, and the reply when it cannot be done."""
