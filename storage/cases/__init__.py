"""Cases: complaints, contacts, me-too entries, surveys, due times and failed look-ups."""
