"""Cases: complaints, contacts, me-too entries, surveys, due clocks and failed look-ups."""
