"""Cases: life cycle, escalation, working time, jurisdiction and redaction of complaints."""
