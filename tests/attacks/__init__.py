"""`make attack`: what strangers and signed-in people can do to the line, while callers file complaints."""
