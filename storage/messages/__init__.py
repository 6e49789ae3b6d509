"""Messages: the outbox and its claims, delivery reports, routes, inbound SMS and open questions."""
