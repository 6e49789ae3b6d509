"""Demo data: sample calls, complaints and texts of three months for the console to show."""
