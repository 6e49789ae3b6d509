"""HTTP: bodies and forms strictly read, errors answered, and the one client that connects outward."""
