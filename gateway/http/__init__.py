"""HTTP: strict reading of bodies and forms, error responses, and the one client for outgoing requests."""
